#include "table/lock_row.hpp"

#include "pg/message.hpp"

namespace migsafe {
namespace {

/* Server code.  Go on to the newest of the versions that this transaction itself has made of it. */
void
follow_own_versions(Relation rel, ItemPointer tid, Snapshot now)
{
	TableScanDesc const scan = table_beginscan(rel, now, 0, nullptr);

	table_tuple_get_latest_tid(scan, tid);
	table_endscan(scan);
}

} // namespace

/*
 * A ctid range, or FOR UPDATE over a list of ctids, would drop a row that has
 * moved; so follow it by hand.  A row lock follows the versions of others, but
 * not those that this transaction itself has made (by triggers).
 */
row_lock
lock_newest_version(Relation rel, ItemPointer tid, TupleTableSlot *slot, LockWaitPolicy wait)
{
	TM_FailureData failed;
	const uint8 follow = IsolationUsesXactSnapshot() ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION;

	PushCopiedSnapshot(GetTransactionSnapshot());

	Snapshot const now = GetActiveSnapshot();
	auto lock = [&] {
		return table_tuple_lock(rel, tid, now, slot, GetCurrentCommandId(true),
								LockTupleNoKeyExclusive, wait, follow, &failed);
	};
	TM_Result result = lock();

	if (result == TM_SelfModified || result == TM_Invisible)
	{
		follow_own_versions(rel, tid, now);
		result = lock();
	}
	PopActiveSnapshot();
	if (result == TM_Ok)
	{
		*tid = slot->tts_tid;
		return row_lock::taken;
	}
	if (result == TM_WouldBlock)
		return row_lock::held_by_others;
	if (IsolationUsesXactSnapshot() && (result == TM_Updated || result == TM_Deleted))
		pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
						"could not serialize access due to concurrent update", nullptr,
						"Run the transaction again.");
	return row_lock::row_deleted;
}

} // namespace migsafe
