#include "table/row_inserter.hpp"

#include "table/row_constraints.hpp"

namespace migsafe {

void
row_inserter::begin(EState *state)
{
	state_ = state;
	plan_ = nullptr;
	routing_ = nullptr;
}

void
row_inserter::begin_routing()
{
	MemoryContext const saved = MemoryContextSwitchTo(state_->es_query_cxt);

	plan_ = makeNode(ModifyTableState);
	plan_->ps.state = state_;
	plan_->operation = CMD_INSERT;
	plan_->resultRelInfo = relations_.root(state_);
	routing_ = ExecSetupPartitionTupleRouting(state_, target_.rel());
	MemoryContextSwitchTo(saved);
}

/* The partition of a row, which is turned into that one's layout. */
ResultRelInfo *
row_inserter::route(TupleTableSlot *&row)
{
	if (routing_ == nullptr)
		begin_routing();

	ResultRelInfo *const info =
		ExecFindPartition(plan_, plan_->resultRelInfo, routing_, row, state_);

	if (info->ri_TrigDesc)
		relations_.adapt_triggers(info);
	if (const TupleConversionMap *const map = compat::map_from_parent(info, state_))
		row = execute_attr_map_slot(map->attrMap, row, info->ri_PartitionTupleSlot);
	return info;
}

void
row_inserter::insert(TupleTableSlot *row)
{
	ResetPerTupleExprContext(state_);

	ResultRelInfo *const info = target_.partitioned() ? route(row) : relations_.to_write(state_, 0);

	complete_and_check(state_, info, row, CMD_INSERT);
	table_tuple_insert(info->ri_RelationDesc, row, state_->es_output_cid, 0, nullptr);

	List *const recheck =
		info->ri_NumIndices > 0 ? compat::insert_index_tuples(info, row, state_) : NIL;

	ExecARInsertTriggers(state_, info, row, recheck, nullptr);
	list_free(recheck);
}

void
row_inserter::finish()
{
	if (routing_)
		ExecCleanupTupleRouting(plan_, routing_);
}

} // namespace migsafe
