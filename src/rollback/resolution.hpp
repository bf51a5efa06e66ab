/*
 * resolution.hpp
 *		What becomes of one row when it is taken back.
 */
#pragma once

#include "rollback/rollback_terms.hpp"
#include "rollback/undo_entry.hpp"
#include "rollback/written_values.hpp"
#include "table/domain_constraints.hpp"

#include <string>
#include <vector>

namespace migsafe {

enum class outcome {
	restored,    /* nobody has touched what the run wrote */
	merged,      /* somebody has, and both changes have room */
	overwritten, /* somebody has, and his change is lost */
	unchanged,   /* it is as before the run already */
	conflict,    /* somebody has: it is left as it is */
	missing      /* it was deleted, or its key was changed */
};

/* As results call it. */
const char *outcome_name(outcome what);

/* Why a row, or a column of it, cannot be taken back. */
struct obstacle
{
	std::string column, reason; /* column: empty if it is about the row */
	bool refused = false;       /* by a constraint */
};

/* In one line. */
std::string text_of(const std::vector<obstacle> &obstacles);

/* A column of the target, and what is to come there. */
struct new_value
{
	AttrNumber attnum;
	Datum value;
	bool null;
	std::optional<hash128> now =
		std::nullopt; /* hash_image() of what is there, if it is what the run wrote */
};

struct resolution
{
	outcome what = outcome::unchanged;
	std::vector<obstacle> obstacles; /* of a conflict */
	std::vector<new_value> values;   /* of a row that is to be written */
};

/* Decides, row by row. */
class resolver
{
public:
	/* All have to outlive it. */
	resolver(const target &t, const catalog::run_record &run,
			 const std::vector<undo_mapping> &mappings, conflict_policy policy);

	/*
	 * row: as it is now, in the target's layout.  before: a slot of that layout, for
	 * its use.  The values lie in the entry, in the row, or in the current memory
	 * context.  42804 if a column that is to come back is not there any more.
	 */
	resolution resolve(const undo_entry &entry, TupleTableSlot *row, TupleTableSlot *before);

private:
	/* A column that was changed since, and what a merge makes of it. */
	struct merged_column
	{
		size_t mapping;
		std::optional<obstacle> left;     /* why there is no room for both changes */
		std::optional<new_value> changed; /* if both have room, and the run's is not gone already */
	};

	const target &target_;
	const std::vector<undo_mapping> &mappings_;
	const conflict_policy policy_;
	const std::vector<AttrNumber> set_by_run_; /* else it was a trigger */
	std::vector<column_state> states_;         /* [mapping], of the present row */
	domain_constraints domains_;
	std::optional<written_values> written_; /* none within an expression that is computed again */

	void test_domains(resolution &found);
	void find_states(const undo_entry &entry, TupleTableSlot *row);
	[[nodiscard]] bool is_set_by_run(size_t i) const;
	std::vector<merged_column> merge(const undo_entry &entry, TupleTableSlot *row,
									 TupleTableSlot *before);
	merged_column merge_column(const undo_entry &entry, size_t i, TupleTableSlot *row,
							   TupleTableSlot *before);
	void pass_over_settled(const undo_entry &entry, const std::vector<merged_column> &merged);
	void take(const std::vector<merged_column> &merged, resolution &found) const;
	void make_before(const undo_entry &entry, TupleTableSlot *row, TupleTableSlot *before) const;
	[[nodiscard]] const NullableDatum *proven_value(const undo_entry &entry, size_t i,
													TupleTableSlot *before);
	/* Why a column stays of which proven_value() has none. */
	[[nodiscard]] std::string changed_and_unknown() const;
};

} // namespace migsafe
