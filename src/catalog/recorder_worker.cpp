/*
 * recorder_worker.cpp
 *		The recorder itself: a background worker that serves one session.  It writes
 *		only tables that no run writes, waits for no lock for long, and rather gives
 *		up a message than hang.
 */
#include "catalog/installation.hpp"
#include "catalog/recorded_message.hpp"
#include "catalog/session.hpp"
#include "pg/background_worker.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/shared_queue.hpp"
#include "pg/steady_time.hpp"
#include "pg/transaction.hpp"

#include <cstring>
#include <map>
#include <set>

using namespace migsafe;

namespace {

using catalog::recorded_message;
using fact = recorded_message::fact;

constexpr size_t messages_at_once = 1000, bytes_at_once = size_t{8} * 1024 * 1024;
/* milliseconds */
constexpr int pause = 100; /* between two commits, while there is no hurry */
constexpr long pause_step = 5;
constexpr int linger = 1000; /* until it leaves a session that does not use it */
constexpr long retry = 10;   /* for a transaction that is just ending */

const char *
statement_of(fact what)
{
	switch (what)
	{
		case fact::begun:
			return "INSERT INTO migsafe.recorded_run (run_id, kind, name, target_schema,"
				   " target_name, target_oid, system_identifier, extension_oid, target_owner,"
				   " run_by, started_at, backend_pid, xid, phase)"
				   " VALUES ($1, $2, $3, $4::name, $5::name, $6::oid, $7::bigint, $8::oid,"
				   " $9::name, $10::name, timestamptz '2000-01-01 00:00:00+00'"
				   " + $11::bigint * interval '1 microsecond', $12::integer, $13::xid8, "
				   "'starting')";
		case fact::progress:
			return "UPDATE migsafe.recorded_run SET phase = $2,"
				   " rows_total = coalesce($3::bigint, rows_total), rows_done = $4::bigint,"
				   " failed_rows = $5::bigint, skipped_rows = $6::bigint,"
				   " batch_size = coalesce($7::bigint, batch_size),"
				   " rows_per_second = coalesce($8::double precision, rows_per_second),"
				   " recorded_at = clock_timestamp() WHERE run_id = $1";
		case fact::row_error:
			/* not if the run has committed, and somebody else has tidied up meanwhile */
			return "INSERT INTO migsafe.recorded_error SELECT r.run_id, $2::bigint, $3::jsonb, $4,"
				   " $5, nullif($6, ''), $7::jsonb FROM migsafe.recorded_run r"
				   " WHERE r.run_id = $1 FOR KEY SHARE ON CONFLICT DO NOTHING";
		case fact::outcome:
			return "UPDATE migsafe.recorded_run SET outcome = $2, sqlstate = $3, message = $4,"
				   " detail = nullif($5, ''), hint = nullif($6, ''),"
				   " finished_at = timestamptz '2000-01-01 00:00:00+00'"
				   " + $7::bigint * interval '1 microsecond' WHERE run_id = $1";
	}
	throw failure(ERRCODE_INTERNAL_ERROR, "unknown message to the recorder");
}

/* A message, and the installation of migsafe that its run belongs to. */
struct received_message : recorded_message
{
	catalog::installation of;
};

catalog::installation
installation_of(const recorded_message &begun)
{
	return {std::stoll(*begun.fields.at(5)), static_cast<Oid>(std::stoul(*begun.fields.at(6)))};
}

class recorder
{
public:
	explicit recorder(pg::queue_receiver &queue) : queue_(queue) {}

	/* Until the session has gone, or has not used it for a while. */
	void serve()
	{
		int64 idle_since = pg::steady_time();

		for (;;)
		{
			const uint64 uses = queue_.uses();
			const std::vector<received_message> messages = receive();
			const bool in_use = pg::queue_receiver::is_in_use(uses) && !queue_.is_abandoned();

			if (!messages.empty())
			{
				record(messages);
				queue_.add_handled(messages.size());
			}
			if (more_to_receive_)
				continue;
			if (!in_use)
				settle();
			if (in_use || !messages.empty() || !unsettled_.empty())
				idle_since = pg::steady_time();
			if (queue_.is_abandoned() && unsettled_.empty())
				return;
			if (!in_use && has_lingered(idle_since) && queue_.leave(uses))
				return;
			if (!in_use)
				pg::wait_to_be_woken(unsettled_.empty() ? linger : retry);
			else if (messages.empty())
				pg::wait_to_be_woken(-1);
			else
				pause_after_commit(uses);
		}
	}

private:
	pg::queue_receiver &queue_;
	catalog::installation last_begun_in_;
	std::set<int64> unsettled_; /* runs whose transaction may still be open */
	bool more_to_receive_ = false;

	static bool has_lingered(int64 since)
	{
		return pg::steady_time() - since >= linger * int64{1000};
	}

	std::vector<received_message> receive()
	{
		std::vector<received_message> messages;
		size_t size = 0;

		more_to_receive_ = true;
		while (messages.size() < messages_at_once && size < bytes_at_once)
		{
			const auto bytes = queue_.receive();

			if (!bytes)
			{
				more_to_receive_ = false;
				break;
			}
			size += bytes->size();

			recorded_message message = recorded_message::decode(*bytes);

			if (message.what == fact::begun)
			{
				unsettled_.insert(message.run_id);
				last_begun_in_ = installation_of(message);
			}
			messages.push_back({std::move(message), last_begun_in_});
		}
		return messages;
	}

	/* All in one transaction; if that fails, those that do not by themselves. */
	void record(const std::vector<received_message> &messages)
	{
		const auto problem = write(messages.data(), messages.size());

		if (!problem)
			return;
		if (messages.size() == 1 || problem->sqlstate == ERRCODE_LOCK_NOT_AVAILABLE)
		{
			give_up(*problem);
			return;
		}
		for (const received_message &message : messages)
		{
			if (const auto its_problem = write(&message, 1))
				give_up(*its_problem);
		}
	}

	static void give_up(const pg::problem &problem)
	{
		pg::log("the recorder gives up a message: " + problem.message, problem.detail);
	}

	/*
	 * The extension may be another since, dropped and created again: that one has runs of
	 * the same numbers.  Under the lock it stays what it is.
	 */
	static std::optional<pg::problem> write(const received_message *messages, size_t count)
	{
		return pg::in_transaction([=] {
			pg::fault_point("recorder");

			catalog::session s;

			s->execute("LOCK TABLE migsafe.recorded_run IN ROW EXCLUSIVE MODE");

			const catalog::installation here = pg::call(catalog::installation_here);
			std::map<int64, int64> errors; /* run_id, number of errors */

			for (size_t i = 0; i < count; i++)
			{
				const received_message &message = messages[i];

				if (message.of != here)
					continue;
				apply(s, message);
				if (message.what == fact::row_error)
					errors[message.run_id] = std::stoll(*message.fields.at(0));
			}
			for (const auto &[run_id, number] : errors)
				s->execute("UPDATE migsafe.recorded_run SET failed_rows = $2"
						   " WHERE run_id = $1 AND failed_rows < $2",
						   {pg::value::of(run_id), pg::value::of(number)});
		});
	}

	static void apply(catalog::session &s, const recorded_message &message)
	{
		std::vector<pg::value> values{pg::value::of(message.run_id)};

		for (const auto &f : message.fields)
			values.push_back(pg::value::text(f));
		if (message.what == fact::begun) /* a number that a lost sequence value was given before */
			forget(s, "r.run_id = $1", {values[0]});
		s->execute(statement_of(message.what), values);
	}

	/* Delete what is recorded about the runs that meet a condition. */
	static void forget(catalog::session &s, const std::string &condition,
					   const std::vector<pg::value> &values)
	{
		s->execute("WITH gone AS (DELETE FROM migsafe.recorded_run WHERE run_id IN"
				   " (SELECT r.run_id FROM migsafe.recorded_run r WHERE " +
					   condition +
					   " FOR UPDATE SKIP LOCKED) RETURNING run_id)"
					   " DELETE FROM migsafe.recorded_error e USING gone g"
					   " WHERE e.run_id = g.run_id",
				   values);
	}

	/*
	 * The transaction of the runs has ended, or is just ending: its locks go last.
	 * Of what has committed, its own records count; what was prepared is left to
	 * whoever comes after the end of that.
	 */
	void settle()
	{
		if (unsettled_.empty())
			return;

		const auto problem = pg::in_transaction([this] {
			catalog::session s;

			if (s->query("SELECT 1 FROM migsafe.live_run WHERE pid IS NOT NULL"
						 " AND run_id IN (" +
						 list_of_unsettled() + ") LIMIT 1")
					.empty())
			{
				forget(s, "EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)",
					   {});
				unsettled_.clear();
			}
		});

		if (problem)
		{
			give_up(*problem);
			unsettled_.clear();
		}
	}

	[[nodiscard]] std::string list_of_unsettled() const
	{
		std::string list;

		for (const int64 run_id : unsettled_)
			list += (list.empty() ? "" : ", ") + std::to_string(run_id);
		return list;
	}

	/* Gather what comes meanwhile, unless the session is in a hurry or has ended its transaction. */
	void pause_after_commit(uint64 uses)
	{
		const int64 end = pg::steady_time() + pause * int64{1000};

		/* not woken up by each message: that would cost the session a signal */
		while (pg::steady_time() < end && queue_.uses() == uses && !queue_.is_urgent())
			pg::sleep(pause_step);
	}
};

} // namespace

MIGSAFE_WORKER(migsafe_recorder)
{
	Oid database;
	pg::queue_receiver queue(DatumGetUInt32(argument));

	memcpy(&database, MyBgworkerEntry->bgw_extra, sizeof(database));
	pg::begin_background_worker(database, InvalidOid);
	pg::set_for_process({{"lock_timeout", "500ms"},
						 {"statement_timeout", "0"},
						 {"synchronous_commit", "local"},
						 {"default_transaction_isolation", "read committed"},
						 {"default_transaction_read_only", "off"},
						 {"max_parallel_workers_per_gather", "0"},
						 {"jit", "off"}});
	recorder(queue).serve();
}
