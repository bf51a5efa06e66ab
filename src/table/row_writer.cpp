#include "table/row_writer.hpp"

#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "table/row_constraints.hpp"

namespace migsafe {
namespace {

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

} // namespace

row_writer::row_writer(const target &t, triggers which, const std::vector<AttrNumber> &updated,
					   LockWaitPolicy wait)
	: row_reader(t), relations_(t, which, updated), inserter_(t, relations_), wait_(wait)
{
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
	make_state();
	take_snapshot();
	state()->es_output_cid = GetCurrentCommandId(true);
	compat::init_recheck(&epq_, state());
	inserter_.begin(state());
}

void
row_writer::begin_statement()
{
	ResultRelInfo *const root = relations_.root(state());

	transition_ = MakeTransitionCaptureState(root->ri_TrigDesc,
											 RelationGetRelid(root->ri_RelationDesc), CMD_UPDATE);
	ExecBSUpdateTriggers(state(), root);
}

write_outcome
row_writer::update(size_t leaf_no, ItemPointer old_tid, TupleTableSlot *row)
{
	ResultRelInfo *const info = relations_.to_write(state(), leaf_no);
	Relation const rel = info->ri_RelationDesc;
	TM_FailureData failed;
	LockTupleMode lock_mode;
	compat::indexes_to_update update_indexes;
	const bool fires_before = info->ri_TrigDesc && info->ri_TrigDesc->trig_update_before_row;

	ResetPerTupleExprContext(state());
	if (fires_before)
	{
		const TM_Result locked = lock(info, old_tid, &failed);

		if (locked != TM_Ok)
			return outcome_of(locked, failed);
		if (!compat::fire_before_update(state(), &epq_, info, old_tid, row))
			return write_outcome::suppressed;
	}
	complete_and_check(state(), info, row, CMD_UPDATE);
	if (wait_ != LockWaitBlock && !fires_before)
	{
		const TM_Result locked = lock_if_held(info, leaf_no, old_tid, &failed);

		if (locked != TM_Ok)
			return outcome_of(locked, failed);
	}

	const TM_Result result =
		table_tuple_update(rel, old_tid, row, state()->es_output_cid, snapshot(), InvalidSnapshot,
						   true, &failed, &lock_mode, &update_indexes);

	if (result != TM_Ok)
		return outcome_of(result, failed);
	put_in_indexes_and_queue(info, old_tid, row, update_indexes);
	return write_outcome::written;
}

TM_Result
row_writer::lock(ResultRelInfo *info, ItemPointer tid, TM_FailureData *failed)
{
	return table_tuple_lock(info->ri_RelationDesc, tid, snapshot(),
							ExecGetTriggerOldSlot(state(), info), state()->es_output_cid,
							ExecUpdateLockMode(state(), info), wait_, 0, failed);
}

/*
 * An update of the server's waits for whoever holds the row; so who is not to wait locks it
 * first.  But not each row: that took 4 % more processor time, and 10 % more WAL where rows
 * are short (100 bytes; 2 % at 700).  Who takes a row between the look at it and its update,
 * a matter of microseconds, is waited for, for lock_timeout at most: then the batch is tried
 * again, and finds the row held.
 */
TM_Result
row_writer::lock_if_held(ResultRelInfo *info, size_t leaf_no, ItemPointer tid,
						 TM_FailureData *failed)
{
	if (!nobody_holds(last_read(leaf_no), tid))
		return lock(info, tid, failed);
	pg::fault_point("update");
	return TM_Ok;
}

void
row_writer::put_in_indexes_and_queue(ResultRelInfo *info, ItemPointer old_tid, TupleTableSlot *row,
									 compat::indexes_to_update which)
{
	List *recheck = NIL;

	if (info->ri_NumIndices > 0)
		recheck = compat::update_index_tuples(info, row, state(), which);
	ExecARUpdateTriggers(state(), info, nullptr, nullptr, old_tid, nullptr, row, recheck,
						 transition_, false);
	list_free(recheck);
}

write_outcome
row_writer::remove(size_t leaf_no, ItemPointer tid)
{
	ResultRelInfo *const info = relations_.to_write(state(), leaf_no);
	TM_FailureData failed;

	ResetPerTupleExprContext(state());

	const TM_Result result = table_tuple_delete(info->ri_RelationDesc, tid, state()->es_output_cid,
												snapshot(), InvalidSnapshot, true, &failed, false);

	if (result != TM_Ok)
		return outcome_of(result, failed);
	ExecARDeleteTriggers(state(), info, tid, nullptr, nullptr, false);
	return write_outcome::written;
}

void
row_writer::check(size_t leaf_no, TupleTableSlot *row)
{
	ResetPerTupleExprContext(state());
	complete_and_check(state(), relations_.to_check(state(), leaf_no), row, CMD_INSERT);
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
	EState *const firing = writers[0]->state();

	for (size_t i = 0; i < count; i++)
	{
		EState *const own = writers[i]->state();

		ExecASUpdateTriggers(own, writers[i]->relations_.root(own), writers[i]->transition_);
		if (own == firing)
			continue;
		firing->es_opened_result_relations =
			list_concat(firing->es_opened_result_relations, own->es_opened_result_relations);
		firing->es_tuple_routing_result_relations = list_concat(
			firing->es_tuple_routing_result_relations, own->es_tuple_routing_result_relations);
	}
	AfterTriggerEndQuery(firing);
	for (size_t i = 0; i < count; i++)
		writers[i]->close();
}

void
row_writer::close()
{
	EvalPlanQualEnd(&epq_);
	inserter_.finish();
	relations_.close_indexes(state());
	give_up_snapshot();
	free_state();
}

} // namespace migsafe
