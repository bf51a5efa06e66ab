#include "table/row_writer.hpp"

#include "table/lock_row.hpp"

#include "pg/message.hpp"

#include <algorithm>

extern "C" {
#include "utils/fmgroids.h"
}
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

/* What a failed attempt to lock, update or delete a row means.  Server code. */
write_outcome
outcome_of(TM_Result result, const TM_FailureData &failed)
{
	switch (result)
	{
		case TM_Ok:
			return write_outcome::written;
		case TM_SelfModified:
		case TM_Invisible:
			return write_outcome::changed; /* by a trigger of this transaction */
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot() || ItemPointerIndicatesMovedPartitions(&failed.ctid))
				pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
								"could not serialize access due to concurrent update", nullptr,
								"Run the transaction again.");
			return result == TM_Updated ? write_outcome::changed : write_outcome::deleted;
		case TM_WouldBlock:
			return write_outcome::locked;
		default:
			pg::raise_internal_error("unexpected result of a row operation");
	}
}

/*
 * Whether nobody holds the version at tid, if that is what slot has: what the page, which slot pins, says of it at this
 * moment.  A lock that is gone may still count.
 */
bool
nobody_holds(TupleTableSlot *slot, ItemPointer tid)
{
	if (slot == nullptr || TTS_EMPTY(slot) || !TTS_IS_BUFFERTUPLE(slot) ||
		!ItemPointerEquals(&slot->tts_tid, tid))
		return false;

	const auto *const on_page = reinterpret_cast<BufferHeapTupleTableSlot *>(slot);

	return BufferIsValid(on_page->buffer) &&
		   (on_page->base.tuple->t_data->t_infomask & HEAP_XMAX_INVALID) != 0;
}

/*
 * The triggers that check foreign keys and deferred unique constraints, and no
 * others.  A deletion that would cascade to other tables, or set their columns to
 * NULL, where nobody could undo it, is refused as if the foreign key said NO ACTION.
 * Nor do updates cascade to the tables in not_to_follow.
 */
void
keep_only_constraint_triggers(TriggerDesc *triggers, const std::vector<Oid> &not_to_follow)
{
	int kept = 0;

	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger t = triggers->triggers[i];

		if (!t.tgisinternal)
			continue;
		if (t.tgfoid == F_RI_FKEY_CASCADE_DEL || t.tgfoid == F_RI_FKEY_SETNULL_DEL ||
			t.tgfoid == F_RI_FKEY_SETDEFAULT_DEL || t.tgfoid == F_RI_FKEY_RESTRICT_DEL)
			t.tgfoid = F_RI_FKEY_NOACTION_DEL;
		else if (t.tgfoid == F_RI_FKEY_SETNULL_UPD || t.tgfoid == F_RI_FKEY_SETDEFAULT_UPD ||
				 (t.tgfoid == F_RI_FKEY_CASCADE_UPD &&
				  std::find(not_to_follow.begin(), not_to_follow.end(), t.tgconstrrelid) !=
					  not_to_follow.end()))
			t.tgfoid = F_RI_FKEY_NOACTION_UPD;
		triggers->triggers[kept++] = t;
	}
	triggers->numtriggers = kept;

	/* what remains are AFTER ROW triggers */
	triggers->trig_insert_before_row = triggers->trig_update_before_row =
		triggers->trig_delete_before_row = false;
	triggers->trig_insert_instead_row = triggers->trig_update_instead_row =
		triggers->trig_delete_instead_row = false;
	triggers->trig_insert_before_statement = triggers->trig_update_before_statement =
		triggers->trig_delete_before_statement = triggers->trig_truncate_before_statement = false;
	triggers->trig_insert_after_statement = triggers->trig_update_after_statement =
		triggers->trig_delete_after_statement = triggers->trig_truncate_after_statement = false;
	triggers->trig_insert_new_table = triggers->trig_update_old_table =
		triggers->trig_update_new_table = triggers->trig_delete_old_table = false;
}

} // namespace

row_writer::row_writer(const target &t, triggers which, const std::vector<AttrNumber> &updated,
					   LockWaitPolicy wait)
	: target_(t), which_(which), wait_(wait), cxt_("migsafe row writer"),
	  state_cxt_("migsafe row writer state"), relations_(t.leaves().size(), nullptr),
	  old_slots_(t.leaves().size(), nullptr), new_slots_(t.leaves().size(), nullptr),
	  lock_slots_(t.leaves().size(), nullptr)
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
row_writer::make_state()
{
	MemoryContextReset(state_cxt_.get());

	MemoryContext const caller = MemoryContextSwitchTo(state_cxt_.get());

	estate_ = CreateExecutorState();
	MemoryContextSwitchTo(caller);
	for (size_t i = 0; i < relations_.size(); i++)
	{
		relations_[i] = nullptr;
		old_slots_[i] = new_slots_[i] = lock_slots_[i] = nullptr;
	}
	converted_old_ = converted_new_ = extra_ = nullptr;
	routing_ = nullptr;
	transition_ = nullptr;

	MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

	compat::init_range_table(estate_, range_table_);
	root_ = make_relation(target_.rel(), 1, nullptr);
	MemoryContextSwitchTo(saved);
}

ResultRelInfo *
row_writer::make_relation(Relation rel, Index range_table_index, ResultRelInfo *root)
{
	ResultRelInfo *const info = makeNode(ResultRelInfo);

	InitResultRelInfo(info, rel, range_table_index, root, 0);
	if (info->ri_TrigDesc)
		adapt_triggers(info);
	estate_->es_opened_result_relations = lappend(estate_->es_opened_result_relations, info);
	return info;
}

/*
 * The descriptor is the executor's own copy.  A trigger that is not deferrable
 * fires when the batch ends: so a deferred constraint fails in its batch.
 */
void
row_writer::adapt_triggers(ResultRelInfo *info) const
{
	if (which_ == triggers::only_constraints)
		keep_only_constraint_triggers(info->ri_TrigDesc, not_to_follow_);
	for (int i = 0; i < info->ri_TrigDesc->numtriggers; i++)
		info->ri_TrigDesc->triggers[i].tgdeferrable =
			info->ri_TrigDesc->triggers[i].tginitdeferred = false;
}

ResultRelInfo *
row_writer::relation(size_t leaf_no)
{
	if (relations_[leaf_no] == nullptr)
	{
		Relation const rel = target_.leaves()[leaf_no].rel.get();
		MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

		relations_[leaf_no] = RelationGetRelid(rel) == target_.relid()
								  ? root_
								  : make_relation(rel, static_cast<Index>(leaf_no) + 2,
												  which_ == triggers::all ? root_ : nullptr);
		if (!checking_)
			ExecOpenIndices(relations_[leaf_no], false);
		MemoryContextSwitchTo(saved);
	}
	return relations_[leaf_no];
}

void
row_writer::begin()
{
	row_writer *const only = this;

	begin_together(&only, 1);
}

/* To the server, all of the batches are one query: it keeps one list of events for each. */
void
row_writer::begin_together(row_writer *const *writers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		writers[i]->open();
	AfterTriggerBeginQuery();
	for (size_t i = 0; i < count; i++)
		writers[i]->begin_statement();
}

void
row_writer::open()
{
	checking_ = false;
	make_state();
	PushCopiedSnapshot(GetTransactionSnapshot());
	estate_->es_snapshot = RegisterSnapshot(GetActiveSnapshot());
	estate_->es_output_cid = GetCurrentCommandId(true);
	compat::init_recheck(&epq_, estate_);
}

void
row_writer::begin_statement()
{
	transition_ = MakeTransitionCaptureState(root_->ri_TrigDesc, target_.relid(), CMD_UPDATE);
	ExecBSUpdateTriggers(estate_, root_);
}

void
row_writer::begin_checking()
{
	checking_ = true;
	make_state();
}

TupleTableSlot *
row_writer::slot(std::vector<TupleTableSlot *> &slots, size_t leaf_no)
{
	if (slots[leaf_no] == nullptr)
	{
		MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

		slots[leaf_no] =
			table_slot_create(target_.leaves()[leaf_no].rel.get(), &estate_->es_tupleTable);
		MemoryContextSwitchTo(saved);
	}
	return slots[leaf_no];
}

TupleTableSlot *
row_writer::fetch(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const old = slot(old_slots_, leaf_no);

	return table_tuple_fetch_row_version(target_.leaves()[leaf_no].rel.get(), tid,
										 estate_->es_snapshot, old)
			   ? old
			   : nullptr;
}

void
row_writer::begin_reading()
{
	begin_checking();
	PushCopiedSnapshot(GetTransactionSnapshot());
	estate_->es_snapshot = RegisterSnapshot(GetActiveSnapshot());
}

void
row_writer::finish_reading()
{
	UnregisterSnapshot(estate_->es_snapshot);
	PopActiveSnapshot();
	free_state();
}

TupleTableSlot *
row_writer::fetch_any(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const old = slot(old_slots_, leaf_no);

	if (!table_tuple_fetch_row_version(target_.leaves()[leaf_no].rel.get(), tid, SnapshotAny, old))
		pg::raise_internal_error("a version of a row that is being migrated has vanished");
	return old;
}

TupleTableSlot *
row_writer::fetch_latest(size_t leaf_no, ItemPointer tid)
{
	Relation const rel = target_.leaves()[leaf_no].rel.get();
	TupleTableSlot *const latest = slot(new_slots_, leaf_no);
	TableScanDesc const scan = table_beginscan(rel, estate_->es_snapshot, 0, nullptr);

	table_tuple_get_latest_tid(scan, tid);
	table_endscan(scan);
	return table_tuple_fetch_row_version(rel, tid, estate_->es_snapshot, latest) ? latest : nullptr;
}

TupleTableSlot *
row_writer::lock_newest(size_t leaf_no, ItemPointer tid)
{
	TupleTableSlot *const newest = slot(old_slots_, leaf_no);

	const row_lock lock =
		lock_newest_version(target_.leaves()[leaf_no].rel.get(), tid, newest, LockWaitBlock);

	return lock == row_lock::taken ? newest : nullptr;
}

TupleTableSlot *
row_writer::copy_of(size_t leaf_no, TupleTableSlot *row)
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
row_writer::target_slot(TupleTableSlot *&into)
{
	if (into == nullptr)
	{
		MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

		into = ExecInitExtraTupleSlot(estate_, target_.descriptor(), &TTSOpsVirtual);
		MemoryContextSwitchTo(saved);
	}
	return into;
}

TupleTableSlot *
row_writer::target_slot()
{
	return target_slot(converted_new_);
}

TupleTableSlot *
row_writer::extra_slot(Relation rel)
{
	if (extra_ == nullptr)
	{
		MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

		extra_ = table_slot_create(rel, &estate_->es_tupleTable);
		MemoryContextSwitchTo(saved);
	}
	return extra_;
}

TupleTableSlot *
row_writer::converted(size_t leaf_no, TupleTableSlot *row, TupleTableSlot *&into)
{
	const TupleConversionMap *const map = target_.leaves()[leaf_no].to_target;

	return map ? execute_attr_map_slot(map->attrMap, row, target_slot(into)) : row;
}

TupleTableSlot *
row_writer::old_in_target_layout(size_t leaf_no, TupleTableSlot *row)
{
	return converted(leaf_no, row, converted_old_);
}

TupleTableSlot *
row_writer::new_in_target_layout(size_t leaf_no, TupleTableSlot *row)
{
	return converted(leaf_no, row, converted_new_);
}

write_outcome
row_writer::update(size_t leaf_no, ItemPointer old_tid, TupleTableSlot *row)
{
	ResultRelInfo *const info = relation(leaf_no);
	Relation const rel = info->ri_RelationDesc;
	TM_FailureData failed;
	LockTupleMode lock_mode;
	compat::indexes_to_update update_indexes;
	const bool fires_before = info->ri_TrigDesc && info->ri_TrigDesc->trig_update_before_row;
	auto lock = [&](TupleTableSlot *into) {
		return table_tuple_lock(rel, old_tid, estate_->es_snapshot, into, estate_->es_output_cid,
								ExecUpdateLockMode(estate_, info), wait_, 0, &failed);
	};

	ResetPerTupleExprContext(estate_);
	if (fires_before)
	{
		const TM_Result locked = lock(ExecGetTriggerOldSlot(estate_, info));

		if (locked != TM_Ok)
			return outcome_of(locked, failed);
		if (!compat::fire_before_update(estate_, &epq_, info, old_tid, row))
			return write_outcome::suppressed;
	}
	compute_and_check(info, row, CMD_UPDATE);

	/* an update of the server's waits for whoever holds the row; so who is not to wait locks it first */
	if (wait_ != LockWaitBlock && !fires_before && !nobody_holds(old_slots_[leaf_no], old_tid))
	{
		const TM_Result locked = lock(slot(lock_slots_, leaf_no));

		if (locked != TM_Ok)
			return outcome_of(locked, failed);
	}

	const TM_Result result =
		table_tuple_update(rel, old_tid, row, estate_->es_output_cid, estate_->es_snapshot,
						   InvalidSnapshot, true, &failed, &lock_mode, &update_indexes);

	if (result != TM_Ok)
		return outcome_of(result, failed);
	put_in_indexes_and_queue(info, old_tid, row, update_indexes);
	return write_outcome::written;
}

void
row_writer::put_in_indexes_and_queue(ResultRelInfo *info, ItemPointer old_tid, TupleTableSlot *row,
									 compat::indexes_to_update which)
{
	List *recheck = NIL;

	if (info->ri_NumIndices > 0)
		recheck = compat::update_index_tuples(info, row, estate_, which);
	ExecARUpdateTriggers(estate_, info, nullptr, nullptr, old_tid, nullptr, row, recheck,
						 transition_, false);
	list_free(recheck);
}

void
row_writer::insert(TupleTableSlot *row)
{
	ResultRelInfo *info = root_;

	ResetPerTupleExprContext(estate_);
	if (target_.partitioned())
	{
		if (routing_ == nullptr)
		{
			MemoryContext const saved = MemoryContextSwitchTo(estate_->es_query_cxt);

			routing_plan_ = makeNode(ModifyTableState);
			routing_plan_->ps.state = estate_;
			routing_plan_->operation = CMD_INSERT;
			routing_plan_->resultRelInfo = root_;
			routing_ = ExecSetupPartitionTupleRouting(estate_, target_.rel());
			MemoryContextSwitchTo(saved);
		}
		info = ExecFindPartition(routing_plan_, root_, routing_, row, estate_);
		if (info->ri_TrigDesc)
			adapt_triggers(info);
		if (const TupleConversionMap *const map = compat::map_from_parent(info, estate_))
			row = execute_attr_map_slot(map->attrMap, row, info->ri_PartitionTupleSlot);
	}
	else if (info->ri_IndexRelationDescs == nullptr)
		(void) relation(0);

	compute_and_check(info, row, CMD_INSERT);
	table_tuple_insert(info->ri_RelationDesc, row, estate_->es_output_cid, 0, nullptr);

	List *const recheck =
		info->ri_NumIndices > 0 ? compat::insert_index_tuples(info, row, estate_) : NIL;

	ExecARInsertTriggers(estate_, info, row, recheck, nullptr);
	list_free(recheck);
}

write_outcome
row_writer::remove(size_t leaf_no, ItemPointer tid)
{
	ResultRelInfo *const info = relation(leaf_no);
	TM_FailureData failed;

	ResetPerTupleExprContext(estate_);

	const TM_Result result =
		table_tuple_delete(info->ri_RelationDesc, tid, estate_->es_output_cid, estate_->es_snapshot,
						   InvalidSnapshot, true, &failed, false);

	if (result != TM_Ok)
		return outcome_of(result, failed);
	ExecARDeleteTriggers(estate_, info, tid, nullptr, nullptr, false);
	return write_outcome::written;
}

void
row_writer::check(size_t leaf_no, TupleTableSlot *row)
{
	ResetPerTupleExprContext(estate_);
	compute_and_check(relation(leaf_no), row, CMD_INSERT);
}

void
row_writer::compute_and_check(ResultRelInfo *info, TupleTableSlot *row, CmdType command)
{
	const Form_pg_class form = info->ri_RelationDesc->rd_rel;
	const TupleConstr *const constraints = RelationGetDescr(info->ri_RelationDesc)->constr;

	row->tts_tableOid = RelationGetRelid(info->ri_RelationDesc);
	if (constraints && constraints->has_generated_stored)
		ExecComputeStoredGenerated(info, estate_, row, command);
	if (constraints)
		ExecConstraints(info, row, estate_);
	if (form->relispartition)
		ExecPartitionCheck(info, row, estate_, true);
}

void
row_writer::finish()
{
	row_writer *const only = this;

	finish_together(&only, 1);
}

/*
 * The triggers of an event are looked up by its table, in one state: so that one gets
 * the relations of all writers, with their adapted triggers.
 */
void
row_writer::finish_together(row_writer *const *writers, size_t count)
{
	EState *const firing = writers[0]->estate_;

	for (size_t i = 0; i < count; i++)
	{
		const EState *const state = writers[i]->estate_;

		ExecASUpdateTriggers(writers[i]->estate_, writers[i]->root_, writers[i]->transition_);
		if (state == firing)
			continue;
		firing->es_opened_result_relations =
			list_concat(firing->es_opened_result_relations, state->es_opened_result_relations);
		firing->es_tuple_routing_result_relations = list_concat(
			firing->es_tuple_routing_result_relations, state->es_tuple_routing_result_relations);
	}
	AfterTriggerEndQuery(firing);
	for (size_t i = 0; i < count; i++)
		writers[i]->close();
}

void
row_writer::close()
{
	EvalPlanQualEnd(&epq_);
	if (routing_)
		ExecCleanupTupleRouting(routing_plan_, routing_);
	for (ResultRelInfo *info : relations_)
	{
		if (info)
			ExecCloseIndices(info);
	}
	UnregisterSnapshot(estate_->es_snapshot);
	PopActiveSnapshot();
	free_state();
}

void
row_writer::finish_checking()
{
	free_state();
}

void
row_writer::free_state()
{
	ExecResetTupleTable(estate_->es_tupleTable, false);

	/* opened by ExecGetTriggerResultRel for relations that are not ours, as in ExecCloseResultRelations */
	ListCell *cell;

	foreach (cell, estate_->es_trig_target_relations)
		table_close(static_cast<ResultRelInfo *>(lfirst(cell))->ri_RelationDesc, NoLock);
	FreeExecutorState(estate_);
	estate_ = nullptr;
}

} // namespace migsafe
