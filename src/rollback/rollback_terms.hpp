/*
 * rollback_terms.hpp
 *		What of a run is to be taken back, and what to do where that is not plain.
 */
#pragma once

#include "pg/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* What becomes of a row of which a column was changed since the run. */
enum class conflict_policy {
	stop,      /* nothing is changed at all */
	skip,      /* the row is left as it is */
	overwrite, /* the value from before the run comes back, the later one is lost */
	merge      /* both changes are kept where they can be; else as skip */
};

/* What becomes of the rollback if a row was deleted since the run, or its key changed. */
enum class missing_policy { leave, stop };

struct rollback_terms
{
	std::optional<std::string>
		rows; /* an SQL predicate over the target's columns as they are now */
	std::vector<std::string> columns; /* empty: all that the run has changed */
	std::string keys;                 /* a JSON array of objects; empty: all */
	std::vector<int32> batches;       /* empty: all */
	conflict_policy on_conflict = conflict_policy::stop;
	missing_policy on_missing = missing_policy::leave;
	std::vector<int64> together; /* the runs that the same call takes back; not recorded */

	/* Is that less than the whole run? */
	[[nodiscard]] bool is_partial() const
	{
		return rows || !columns.empty() || !keys.empty() || !batches.empty();
	}
	/* Is that the same part, whatever is to become of conflicts? */
	[[nodiscard]] bool is_same_part(const rollback_terms &other) const
	{
		return rows == other.rows && columns == other.columns && keys == other.keys &&
			   batches == other.batches;
	}
	/* As they are recorded: a JSON object of those that were given. */
	[[nodiscard]] std::string to_json() const;
};

/* The numbers of the arguments of a function that takes terms. */
struct terms_positions
{
	int rows, columns, on_conflict, keys, batches, on_missing;
};

/*
 * 22004 NULL for on_conflict or on_missing, or within a list; 22023 an unknown
 * word, an empty list, or keys that are not a JSON array of objects.
 */
rollback_terms read_terms(const pg::arguments &args, const terms_positions &at);

/* Argument i; 22004 or 22023. */
conflict_policy read_conflict_policy(const pg::arguments &args, int i);
missing_policy read_missing_policy(const pg::arguments &args, int i);

/* What selects the part, as arguments of a call; empty of a whole run.  A long list of keys is left out. */
std::string part_text(const rollback_terms &terms);

/* A call of rollback_runs, for a hint; more: further arguments. */
std::string rollback_runs_call(const std::vector<int64> &runs, const std::string &more = "");

/* The words of the two arguments, as in on_conflict => 'stop', on_missing => 'leave'. */
std::string policies_text(const rollback_terms &terms);

/* What to_json() made; of an empty text the default. */
rollback_terms terms_from_json(const std::string &json);

} // namespace migsafe
