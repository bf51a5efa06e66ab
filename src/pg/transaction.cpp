#include "pg/transaction.hpp"

extern "C" {
#include "pgstat.h"
}

namespace migsafe::pg {

void
subtransaction::finished() noexcept
{
	open_ = false;
	MemoryContextSwitchTo(cxt_);
	CurrentResourceOwner = owner_;
}

void
subtransaction::commit()
{
	call(ReleaseCurrentSubTransaction); /* on error still open: the destructor rolls back */
	finished();
}

void
subtransaction::rollback()
{
	call(RollbackAndReleaseCurrentSubTransaction);
	finished();
}

subtransaction::~subtransaction()
{
	if (!open_)
		return;

	bool failed = false;

	try
	{
		rollback();
	}
	catch (...)
	{
		failed = true;
	}

	/*
	 * A half-aborted transaction cannot be reasoned about.  End this session;
	 * letting the exception escape would call std::terminate(), whose SIGABRT
	 * restarts every session of the cluster.
	 */
	if (failed)
		ereport(FATAL,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not roll back a subtransaction")));
}

bool
is_row_error(int sqlstate) noexcept
{
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE || sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION)
		return false;
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK):
		case ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES):
		case ERRCODE_TO_CATEGORY(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE):
		case ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION):
		case ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR):
		case ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR):
			return false;
		default:
			return true;
	}
}

const char *
run_error_reason(int sqlstate) noexcept
{
	if (sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION)
		return "Expressions are evaluated read-only: they compute values. Write to other tables by "
			   "statements of your own.";
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return "Expressions and triggers run with the rights of the caller.";
	return "An error of this kind concerns the whole call, not one row.";
}

const char *
run_error_hint(int sqlstate) noexcept
{
	if (sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION)
		return run_error_reason(sqlstate);
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return "Expressions and triggers run with the rights of the caller. Nothing was changed.";
	return "An error of this kind concerns the whole call, not one row. Nothing was changed; call "
		   "again once its cause is gone.";
}

int
writing_subtransactions() noexcept
{
	return MyProc->subxidStatus.overflowed ? PGPROC_MAX_CACHED_SUBXIDS : MyProc->subxidStatus.count;
}

void
require_nothing_written()
{
	if (TransactionIdIsValid(GetCurrentTransactionIdIfAny()))
		throw failure(ERRCODE_READ_ONLY_SQL_TRANSACTION, "an expression has written something")
			.detail("It took a transaction ID, as who writes to a temporary table or a large "
					"object does.")
			.hint(run_error_hint(ERRCODE_READ_ONLY_SQL_TRANSACTION));
}

void
begin_transaction()
{
	call([] {
		SetCurrentStatementStartTimestamp();
		StartTransactionCommand();
		PushActiveSnapshot(GetTransactionSnapshot());
	});
}

void
commit_transaction()
{
	call([] {
		PopActiveSnapshot();
		CommitTransactionCommand();
		(void) pgstat_report_stat(false);
	});
}

void
abort_transaction()
{
	call([] { AbortCurrentTransaction(); });
}

void
at_transaction_ends(void (*fn)())
{
	call([=] {
		RegisterXactCallback(
			[](XactEvent event, void *arg) {
				if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
					event == XACT_EVENT_PREPARE)
					reinterpret_cast<void (*)()>(arg)();
			},
			reinterpret_cast<void *>(fn));
	});
}

void
check_for_interrupts()
{
	if (unlikely(InterruptPending))
		call([] { CHECK_FOR_INTERRUPTS(); });
}

} // namespace migsafe::pg
