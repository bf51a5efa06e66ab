#include "table/row_reader.hpp"

#include "table/lock_row.hpp"

#include "pg/message.hpp"

#include <algorithm>

namespace migsafe {

row_reader::row_reader(const target &t)
	: target_(t), state_cxt_("migsafe row reader"), old_slots_(t.leaves().size(), nullptr),
	  new_slots_(t.leaves().size(), nullptr)
{
}

void
row_reader::make_state()
{
	MemoryContextReset(state_cxt_.get());

	MemoryContext const caller = MemoryContextSwitchTo(state_cxt_.get());

	state_ = CreateExecutorState();
	MemoryContextSwitchTo(caller);
	std::fill(old_slots_.begin(), old_slots_.end(), nullptr);
	std::fill(new_slots_.begin(), new_slots_.end(), nullptr);
	converted_old_ = converted_new_ = extra_ = nullptr;
}

void
row_reader::free_state()
{
	ExecResetTupleTable(state_->es_tupleTable, false);

	/* opened by ExecGetTriggerResultRel for relations that are not ours, as in ExecCloseResultRelations */
	ListCell *cell;

	foreach (cell, state_->es_trig_target_relations)
		table_close(static_cast<ResultRelInfo *>(lfirst(cell))->ri_RelationDesc, NoLock);
	FreeExecutorState(state_);
	state_ = nullptr;
}

void
row_reader::take_snapshot()
{
	PushCopiedSnapshot(GetTransactionSnapshot());
	state_->es_snapshot = RegisterSnapshot(GetActiveSnapshot());
}

void
row_reader::give_up_snapshot()
{
	UnregisterSnapshot(state_->es_snapshot);
	PopActiveSnapshot();
}

void
row_reader::begin_reading()
{
	make_state();
	take_snapshot();
}

void
row_reader::finish_reading()
{
	give_up_snapshot();
	free_state();
}

TupleTableSlot *
row_reader::fetch(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const old = slot(old_slots_, leaf_no);

	return table_tuple_fetch_row_version(target_.leaves()[leaf_no].rel.get(), tid, snapshot(), old)
			   ? old
			   : nullptr;
}

TupleTableSlot *
row_reader::fetch_any(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const old = slot(old_slots_, leaf_no);

	if (!table_tuple_fetch_row_version(target_.leaves()[leaf_no].rel.get(), tid, SnapshotAny, old))
		pg::raise_internal_error("a version of a row that is being migrated has vanished");
	return old;
}

TupleTableSlot *
row_reader::fetch_latest(size_t leaf_no, ItemPointer tid)
{
	Relation const rel = target_.leaves()[leaf_no].rel.get();
	TupleTableSlot *const latest = slot(new_slots_, leaf_no);
	TableScanDesc const scan = table_beginscan(rel, snapshot(), 0, nullptr);

	table_tuple_get_latest_tid(scan, tid);
	table_endscan(scan);
	return table_tuple_fetch_row_version(rel, tid, snapshot(), latest) ? latest : nullptr;
}

TupleTableSlot *
row_reader::lock_newest(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const newest = slot(old_slots_, leaf_no);

	const row_lock lock =
		lock_newest_version(target_.leaves()[leaf_no].rel.get(), tid, newest, LockWaitBlock);

	return lock == row_lock::taken ? newest : nullptr;
}

TupleTableSlot *
row_reader::copy_of(size_t leaf_no, TupleTableSlot *row)
{
	TupleTableSlot *const copy = slot(new_slots_, leaf_no);
	const size_t natts = copy->tts_tupleDescriptor->natts;

	slot_getallattrs(row);
	ExecClearTuple(copy);
	memcpy(copy->tts_values, row->tts_values, natts * sizeof(Datum));
	memcpy(copy->tts_isnull, row->tts_isnull, natts * sizeof(bool));
	return ExecStoreVirtualTuple(copy);
}

TupleTableSlot *
row_reader::extra_slot(Relation rel)
{
	return extra_ ? extra_ : extra_ = new_slot(rel);
}

TupleTableSlot *
row_reader::old_in_target_layout(size_t leaf_no, TupleTableSlot *row)
{
	return converted(leaf_no, row, converted_old_);
}

TupleTableSlot *
row_reader::new_in_target_layout(size_t leaf_no, TupleTableSlot *row)
{
	return converted(leaf_no, row, converted_new_);
}

TupleTableSlot *
row_reader::slot(std::vector<TupleTableSlot *> &slots, size_t leaf_no)
{
	if (slots[leaf_no] == nullptr)
		slots[leaf_no] = new_slot(target_.leaves()[leaf_no].rel.get());
	return slots[leaf_no];
}

TupleTableSlot *
row_reader::new_slot(Relation rel)
{
	MemoryContext const saved = MemoryContextSwitchTo(state_->es_query_cxt);
	TupleTableSlot *const made = table_slot_create(rel, &state_->es_tupleTable);

	MemoryContextSwitchTo(saved);
	return made;
}

TupleTableSlot *
row_reader::target_slot(TupleTableSlot *&into)
{
	if (into == nullptr)
	{
		MemoryContext const saved = MemoryContextSwitchTo(state_->es_query_cxt);

		into = ExecInitExtraTupleSlot(state_, target_.descriptor(), &TTSOpsVirtual);
		MemoryContextSwitchTo(saved);
	}
	return into;
}

TupleTableSlot *
row_reader::converted(size_t leaf_no, TupleTableSlot *row, TupleTableSlot *&into)
{
	const TupleConversionMap *const map = target_.leaves()[leaf_no].to_target;

	return map ? execute_attr_map_slot(map->attrMap, row, target_slot(into)) : row;
}

} // namespace migsafe
