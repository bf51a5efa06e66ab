#include "table/result_relations.hpp"

#include "table/constraint_triggers.hpp"

namespace migsafe {
namespace {

/* Server code. */
RangeTblEntry *
range_table_entry(Relation rel)
{
	RangeTblEntry *const entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(rel);
	entry->relkind = rel->rd_rel->relkind;
	entry->rellockmode = RowExclusiveLock;
	return entry;
}

} // namespace

result_relations::result_relations(const target &t, triggers which,
								   const std::vector<AttrNumber> &updated)
	: target_(t), which_(which), cxt_("migsafe range table")
{
	pg::memory_scope scope(cxt_.get());
	const leaf *const leaves = t.leaves().data();
	const size_t leaf_count = t.leaves().size();

	range_table_ = pg::call([&] {
		compat::range_table table;
		Bitmapset *columns = nullptr;

		for (AttrNumber attnum : updated)
			columns = bms_add_member(columns, attnum - FirstLowInvalidHeapAttributeNumber);
		compat::add_relation(&table, range_table_entry(t.rel()), columns);
		for (size_t i = 0; i < leaf_count; i++)
		{
			Bitmapset *leaf_columns = nullptr;

			for (AttrNumber attnum : updated)
				leaf_columns = bms_add_member(leaf_columns, leaves[i].from_target[attnum - 1] -
																FirstLowInvalidHeapAttributeNumber);
			compat::add_relation(&table, range_table_entry(leaves[i].rel.get()), leaf_columns);
		}
		return table;
	});
}

void
result_relations::open_target(EState *state) const
{
	MemoryContext const saved = MemoryContextSwitchTo(state->es_query_cxt);

	compat::init_range_table(state, range_table_);
	state->es_result_relations = static_cast<ResultRelInfo **>(
		palloc0((target_.leaves().size() + 1) * sizeof(ResultRelInfo *)));
	state->es_result_relations[0] = make(state, target_.rel(), 1, nullptr);
	MemoryContextSwitchTo(saved);
}

ResultRelInfo *
result_relations::open_leaf(EState *state, size_t leaf_no, ResultRelInfo *target_info) const
{
	Relation const rel = target_.leaves()[leaf_no].rel.get();
	MemoryContext const saved = MemoryContextSwitchTo(state->es_query_cxt);
	ResultRelInfo *const info =
		RelationGetRelid(rel) == target_.relid()
			? target_info
			: make(state, rel, leaf_no + 2, which_ == triggers::all ? target_info : nullptr);

	MemoryContextSwitchTo(saved);
	return state->es_result_relations[leaf_no + 1] = info;
}

void
result_relations::open_indexes(EState *state, ResultRelInfo *info)
{
	MemoryContext const saved = MemoryContextSwitchTo(state->es_query_cxt);

	ExecOpenIndices(info, false);
	MemoryContextSwitchTo(saved);
}

ResultRelInfo *
result_relations::make(EState *state, Relation rel, size_t range_table_index,
					   ResultRelInfo *root) const
{
	ResultRelInfo *const info = makeNode(ResultRelInfo);

	InitResultRelInfo(info, rel, static_cast<Index>(range_table_index), root, 0);
	if (info->ri_TrigDesc)
		adapt_triggers(info);
	state->es_opened_result_relations = lappend(state->es_opened_result_relations, info);
	return info;
}

/* A trigger that is not deferrable fires when the batch ends: so a deferred constraint fails in its batch. */
void
result_relations::adapt_triggers(ResultRelInfo *info) const
{
	if (which_ == triggers::only_constraints)
		keep_only_constraint_triggers(info->ri_TrigDesc, not_to_follow_);
	for (int i = 0; i < info->ri_TrigDesc->numtriggers; i++)
		info->ri_TrigDesc->triggers[i].tgdeferrable =
			info->ri_TrigDesc->triggers[i].tginitdeferred = false;
}

void
result_relations::close_indexes(const EState *state) const
{
	for (size_t i = 0; i < target_.leaves().size(); i++)
	{
		ResultRelInfo *const info = state->es_result_relations[i + 1];

		if (info)
			ExecCloseIndices(info);
	}
}

} // namespace migsafe
