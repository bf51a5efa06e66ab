#include "catalog/recorder.hpp"

#include "catalog/recorded_message.hpp"
#include "catalog/recorder_feed.hpp"
#include "catalog/session.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/transaction.hpp"

#include <algorithm>

namespace migsafe::catalog {
namespace {

using fact = recorded_message::fact;
using field = std::optional<std::string>;

constexpr size_t large_row = size_t{1024} * 1024;
constexpr int flush_timeout = 10'000; /* milliseconds */

enum class use { undecided, in_use, none };

/* Of the present transaction. */
use present_use = use::undecided;
std::vector<int64> runs;

/* Of the session.  A plain pointer: the end of the process must not call its destructor. */
recorder_feed *feed = nullptr;

void
transaction_ends()
{
	if (present_use == use::in_use)
		feed->end_use();
	present_use = use::undecided;
	runs.clear();
}

void
listen_to_transactions()
{
	static bool listening = false;

	if (!listening)
		pg::at_transaction_ends(transaction_ends);
	listening = true;
}

/* A recorder could not see an extension that this transaction has created or altered. */
bool
is_to_be_recorded()
{
	return !pg::is_switched_off("recorder") && !is_extension_of_this_transaction();
}

use
decide()
{
	if (!is_to_be_recorded())
		return use::none;
	if (feed && feed->begin_use())
		return use::in_use;
	delete feed;
	feed = nullptr;
	feed = recorder_feed::start().release();
	if (feed && feed->begin_use())
		return use::in_use;
	pg::warning(
		"no background worker is free to record the run",
		"Other sessions cannot see its progress, and if it does not commit, nothing is left "
		"of it but its ERROR. max_worker_processes says how many workers there may be.");
	return use::none;
}

bool
is_recording()
{
	if (present_use == use::undecided)
	{
		listen_to_transactions();
		present_use = decide();
	}
	return present_use == use::in_use;
}

field
number(const std::optional<int64> &n)
{
	return n ? field(std::to_string(*n)) : std::nullopt;
}

std::string
user_name()
{
	return pg::call([] { return GetUserNameFromId(GetUserId(), false); });
}

void
post_outcome(int64 run_id, std::vector<field> fields)
{
	fields.emplace_back(std::to_string(GetCurrentTimestamp()));
	feed->post(recorded_message{fact::outcome, run_id, std::move(fields)}.encode());
}

/* Of a run that commits it does not matter: its own record has all. */
void
warn_of_gaps(int64 run_id)
{
	const int64 missing = feed->unrecorded();

	if (missing > 0)
		pg::warning(pg::count_of(missing, "row error") + " of run " + std::to_string(run_id) +
						" could not be recorded outside of its transaction",
					"There were more at once than the recorder could take. If the transaction is "
					"rolled back, they are lost; their number is in migsafe.status.");
}

} // namespace

bool
recorder::records(int64 run_id) noexcept
{
	return std::find(runs.begin(), runs.end(), run_id) != runs.end();
}

void
recorder::begun(const run_record &run)
{
	if (run.online || !is_recording())
		return;

	const target_record &t = run.target;
	const uint64 xid =
		pg::call([] { return U64FromFullTransactionId(GetCurrentFullTransactionId()); });

	runs.push_back(run.run_id);
	feed->post(recorded_message{
		fact::begun,
		run.run_id,
		{run.kind, run.name, t.schema, t.name, std::to_string(t.oid),
		 std::to_string(t.system_identifier), std::to_string(t.extension_oid), t.owner, user_name(),
		 std::to_string(GetCurrentStatementStartTimestamp()), std::to_string(MyProcPid),
		 std::to_string(
			 xid)}}.encode());
}

void
recorder::progress(int64 run_id, const run_progress &at, bool last)
{
	if (!records(run_id))
		return;

	std::string message = recorded_message{
		fact::progress,
		run_id,
		{at.phase, number(at.rows_total), std::to_string(at.rows_done),
		 std::to_string(at.failed_rows), std::to_string(at.skipped_rows), number(at.batch_size),
		 at.rows_per_second
			 ? field(std::to_string(*at.rows_per_second))
			 : std::nullopt}}.encode();

	if (last)
		feed->post(std::move(message));
	else
		feed->post_latest(std::move(message));
}

void
recorder::failed_row(int64 run_id, const row_error &error)
{
	if (!records(run_id))
		return;

	const size_t size = error.row_before.size();

	feed->post_error(recorded_message{
		fact::row_error,
		run_id,
		{std::to_string(error.error_no), error.key, sqlstate_text(error.sqlstate), error.message,
		 error.detail, size > 0 && size <= large_row ? field(error.row_before) : std::nullopt}}
						 .encode());
}

void
recorder::completed(int64 run_id, const run_result &result)
{
	if (!records(run_id))
		return;

	run_progress end;

	end.phase = "waiting for the commit";
	end.rows_done = result.total_rows;
	end.failed_rows = result.failed_rows;
	end.skipped_rows = result.skipped_rows;
	progress(run_id, end, true);
	post_outcome(run_id, {"completed", std::nullopt, std::nullopt, std::nullopt, std::nullopt});
	feed->hurry();
	feed->drain(flush_timeout);
	warn_of_gaps(run_id);
}

void
recorder::failed(int64 run_id, const pg::problem &why)
{
	if (!records(run_id))
		return;
	post_outcome(run_id,
				 {"failed", sqlstate_text(why.sqlstate), why.message, why.detail, why.hint});
	feed->flush(flush_timeout);
	warn_of_gaps(run_id);
}

} // namespace migsafe::catalog
