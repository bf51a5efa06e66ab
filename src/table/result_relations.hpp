/*
 * result_relations.hpp
 *		The tables of a target as the executor writes them.
 *
 * They belong to a state of the executor, and go with it: a state that was
 * abandoned leaves nothing here.
 */
#pragma once

#include "pg/compat_executor.hpp"
#include "pg/memory.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

enum class triggers { all, only_constraints };

/* Everything but the constructor and leave_alone is server code. */
class result_relations
{
public:
	/* updated: the columns that the caller sets, for column-specific triggers. */
	result_relations(const target &t, triggers which, const std::vector<AttrNumber> &updated);

	/*
	 * With only_constraints: tables that do not follow an update, whatever their foreign
	 * keys say, since who writes this table writes them as well.
	 */
	void leave_alone(std::vector<Oid> tables) { not_to_follow_ = std::move(tables); }

	/* The target itself, for statement triggers and routing; may be its only leaf. */
	ResultRelInfo *root(EState *state)
	{
		if (state->es_result_relations == nullptr)
			open_target(state);
		return state->es_result_relations[0];
	}
	/* A leaf, for rows that are only checked. */
	ResultRelInfo *to_check(EState *state, size_t leaf_no)
	{
		ResultRelInfo *const target_info = root(state);
		ResultRelInfo *const info = state->es_result_relations[leaf_no + 1];

		return info ? info : open_leaf(state, leaf_no, target_info);
	}
	/* A leaf with its indexes. */
	ResultRelInfo *to_write(EState *state, size_t leaf_no)
	{
		ResultRelInfo *const info = to_check(state, leaf_no);

		if (info->ri_IndexRelationDescs == nullptr)
			open_indexes(state, info);
		return info;
	}

	/* Make the triggers of a relation, the executor's own copy, those that are to fire. */
	void adapt_triggers(ResultRelInfo *info) const;

	void close_indexes(const EState *state) const;

private:
	const target &target_;
	const triggers which_;
	std::vector<Oid> not_to_follow_;
	pg::memory_context cxt_; /* the range table */
	compat::range_table range_table_;

	void open_target(EState *state) const;
	ResultRelInfo *open_leaf(EState *state, size_t leaf_no, ResultRelInfo *target_info) const;
	static void open_indexes(EState *state, ResultRelInfo *info);
	ResultRelInfo *make(EState *state, Relation rel, size_t range_table_index,
						ResultRelInfo *root) const;
};

} // namespace migsafe
