/*
 * rollback.cpp
 *		migsafe.rollback: a run taken back from its undo log.
 */
#include "catalog/session.hpp"
#include "check/check.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/snapshot.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"
#include "rollback/undo_entry.hpp"
#include "run/undo_log.hpp"
#include "table/pairing.hpp"
#include "table/row_text.hpp"
#include "table/row_writer.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <deque>

using namespace migsafe;

namespace {

constexpr size_t conflicts_shown = 20;

struct rollback_options
{
	bool dry_run = false;
	check_list checks; /* empty if there are none */
};

/* Why a row, or a column of it, cannot be taken back. */
struct conflict
{
	std::string key, column, reason;
	int64 seq;
};

class rolling_back
{
public:
	rolling_back(const target &t, const catalog::run_record &run, bool dry_run)
		: target_(t), run_(run), dry_run_(dry_run), undo_rel_(undo_table(run), AccessShareLock),
		  mappings_(map_undo_columns(t, run, undo_rel_.get())), key_(key_columns()),
		  writer_(t, triggers::only_constraints, settable_columns())
	{
	}

	/* Take every entry in turn; with a log, write and record what is written. */
	void execute(undo_log *redo)
	{
		row_pairs pairs(catalog::owner(), target_, key_, counterpart_of_undo(),
						row_pairs::join::left);

		pg::call([&, this] {
			if (dry_run_)
				writer_.begin_reading();
			else
			{
				writer_.begin();
				redo->begin_batch(1);
			}
		});
		while (pairs.next())
		{
			pg::check_for_interrupts();

			pg::memory_scope scope(row_cxt_.get());

			pg::call([&, this] { take_back(pairs, redo); });
			row_cxt_.reset();
		}
		check_complete();
		std::stable_sort(conflicts_.begin(), conflicts_.end(),
						 [](const conflict &a, const conflict &b) { return a.seq < b.seq; });
		if (conflicts_found_ > 0 && !dry_run_)
			stop();
		pg::fault_point("rollback");
		pg::call([&, this] {
			if (dry_run_)
				writer_.finish_reading();
			else
			{
				writer_.finish();
				redo->end_batch();
			}
			CommandCounterIncrement();
		});
	}

	[[nodiscard]] int64 entries() const { return entries_; }
	[[nodiscard]] int64 restored() const { return restored_; }
	[[nodiscard]] int64 unchanged() const { return unchanged_; }
	[[nodiscard]] int64 conflicts_found() const { return conflicts_found_; }

	[[nodiscard]] std::string conflicts_json() const
	{
		std::string json;

		for (const conflict &c : conflicts_)
			json += (json.empty() ? "" : ", ") + std::string("{\"key\": ") + c.key +
					", \"column\": " + (c.column.empty() ? "null" : pg::json_string(c.column)) +
					", \"reason\": " + pg::json_string(c.reason) + "}";
		return json.empty() ? "" : "[" + json + "]";
	}

	[[nodiscard]] const std::vector<AttrNumber> &key() const { return key_; }

private:
	const target &target_;
	const catalog::run_record &run_;
	const bool dry_run_;
	const pg::relation undo_rel_;
	const std::vector<undo_mapping> mappings_;
	const std::vector<AttrNumber> key_;
	row_writer writer_;
	pg::memory_context row_cxt_{"migsafe rollback row"};
	int64 last_seq_ = -1, entries_ = 0, restored_ = 0, unchanged_ = 0, conflicts_found_ = 0;
	std::vector<column_state> states_; /* [mapping], of the present row */
	std::deque<conflict> conflicts_;   /* all in a dry run, else the first ones */

	[[nodiscard]] std::vector<AttrNumber> key_columns() const
	{
		std::vector<AttrNumber> key;

		for (const undo_mapping &m : mappings_)
		{
			if (m.key_position >= 0)
				key.push_back(m.now->attnum);
		}
		return key;
	}

	[[nodiscard]] std::vector<AttrNumber> settable_columns() const
	{
		std::vector<AttrNumber> columns;

		for (const undo_mapping &m : mappings_)
		{
			if (m.now && !m.now->generated)
				columns.push_back(m.now->attnum);
		}
		return columns;
	}

	[[nodiscard]] counterpart counterpart_of_undo() const
	{
		counterpart other;

		other.relation = pg::qualified_name(*run_.undo_schema, *run_.undo_name);
		for (const undo_mapping &m : mappings_)
		{
			if (m.key_position >= 0)
				other.keys.push_back("key_" + std::to_string(m.bit + 1));
		}
		other.row_hash = "o.row_hash";
		for (const undo_mapping &m : mappings_)
		{
			if (m.now && !m.now->generated)
				other.row_columns.push_back(m.now->attnum);
		}

		/* backwards: what the run could do step by step can be undone step by step */
		other.order = "o.seq";
		return other;
	}

	/* Server code, as are the next functions. */
	void take_back(const row_pairs &pair, undo_log *redo)
	{
		ItemPointerData entry_tid = pair.other();
		TupleTableSlot *const slot = writer_.extra_slot(undo_rel_.get());

		if (!table_tuple_fetch_row_version(undo_rel_.get(), &entry_tid, writer_.snapshot(), slot))
			pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
							"the undo log was changed while it was being used", nullptr,
							"Call again.");

		const undo_entry entry(slot);

		if (entry.seq() == last_seq_)
		{
			add_conflict(entry, nullptr, nullptr, "several rows have this key now");
			return;
		}
		last_seq_ = entry.seq();
		entries_++;
		ItemPointerData tid = pair.row();
		TupleTableSlot *const stored =
			pair.has_target() ? current_version(pair.leaf_no(), &tid) : nullptr;

		if (stored == nullptr)
		{
			add_conflict(entry, nullptr, nullptr,
						 key_.empty() ? "the row was deleted or changed"
									  : "the row was deleted, or its key was changed");
			return;
		}

		TupleTableSlot *const row = writer_.old_in_target_layout(pair.leaf_no(), stored);

		slot_getallattrs(row);
		row->tts_tid = tid;
		if (!entry.same_key(mappings_, row))
			add_conflict(entry, nullptr, nullptr, "the key of the row was changed");
		else if (!find_conflicts(entry, row))
			restore_row(entry, pair.leaf_no(), &tid, stored, row, redo);
	}

	/* The row as it is now: locked, unless nothing is to be written. */
	TupleTableSlot *current_version(size_t leaf_no, ItemPointer tid)
	{
		return dry_run_ ? writer_.fetch(leaf_no, tid) : writer_.lock_newest(leaf_no, tid);
	}

	/* The states of the changed columns; true if there is one that somebody changed since the run. */
	bool find_conflicts(const undo_entry &entry, TupleTableSlot *row)
	{
		bool found = false;

		states_.resize(mappings_.size());
		for (size_t i = 0; i < mappings_.size(); i++)
		{
			if (!entry.has_changed(mappings_[i]))
				continue;
			if (mappings_[i].now == nullptr)
				raise_lost_column(target_, mappings_[i]);
			states_[i] = entry.state(mappings_, i, row);
			if (states_[i] != column_state::changed)
				continue;
			add_conflict(entry, row, mappings_[i].now, "the column was changed since the run");
			found = true;
		}
		return found;
	}

	void restore_row(const undo_entry &entry, size_t leaf_no, ItemPointer tid,
					 TupleTableSlot *stored, TupleTableSlot *row, undo_log *redo)
	{
		const leaf &l = target_.leaves()[leaf_no];
		TupleTableSlot *const before = writer_.copy_of(leaf_no, stored);
		bool differs = false;

		for (size_t i = 0; i < mappings_.size(); i++)
		{
			const undo_mapping &m = mappings_[i];
			if (!entry.has_changed(m) || states_[i] == column_state::as_before)
				continue;

			const int n = l.from_target[m.now->attnum - 1] - 1;

			before->tts_values[n] = entry.old_value(m);
			before->tts_isnull[n] = entry.old_null(m);
			differs = true;
		}
		if (!differs)
			unchanged_++;
		else if (dry_run_)
			restored_++;
		else if (conflicts_found_ == 0) /* else nothing will be kept: only look for conflicts */
		{
			if (writer_.update(leaf_no, tid, before) != write_outcome::written)
				pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
								"a row was changed while it was being rolled back", nullptr,
								"Call again.");
			redo->append(leaf_no, row, writer_.new_in_target_layout(leaf_no, before));
			restored_++;
		}
	}

	/* row may be nullptr: then the key is the one that the undo log has. */
	void add_conflict(const undo_entry &entry, TupleTableSlot *row, const column *c,
					  const char *reason)
	{
		conflicts_found_++;
		if (!dry_run_ && conflicts_.size() == conflicts_shown)
			conflicts_.pop_front(); /* entries come backwards: what is kept are the first ones */

		std::string key;

		if (row)
			key = key_json(target_, key_, row);
		else
			key = old_key(entry);
		conflicts_.push_back({key, c ? c->name : "", reason, entry.seq()});
	}

	/* What names the row of an entry: its key; without one, the whole row as it was before the run. */
	std::string old_key(const undo_entry &entry)
	{
		TupleTableSlot *const row = pg::call([&, this] { return old_row(entry); });

		return key_.empty() ? "{\"row_before\": " + row_json(target_, row) + "}"
							: key_json(target_, key_, row);
	}

	/* Server code.  The key of an entry, or without a key all that it has. */
	TupleTableSlot *old_row(const undo_entry &entry)
	{
		TupleTableSlot *const row = ExecClearTuple(writer_.target_slot());

		std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
		for (const undo_mapping &m : mappings_)
		{
			if (m.now == nullptr || (!key_.empty() && m.key_position < 0))
				continue;

			const int n = m.now->attnum - 1;

			row->tts_values[n] = key_.empty() ? entry.old_value(m) : entry.key_value(m);
			row->tts_isnull[n] = key_.empty() && entry.old_null(m);
		}
		return ExecStoreVirtualTuple(row);
	}

	void check_complete() const
	{
		const int64 recorded = catalog::find_result(run_.run_id).undo_rows;

		if (entries_ != recorded)
			throw failure(ERRCODE_DATA_CORRUPTED,
						  "the undo log of run " + std::to_string(run_.run_id) + " was altered")
				.detail("It has " + std::to_string(entries_) + " entries; the run wrote " +
						std::to_string(recorded) + ".")
				.hint("Nothing was changed. If there is a backup, use migsafe.restore().");
	}

	[[noreturn]] void stop() const
	{
		std::string list;

		for (const conflict &c : conflicts_)
			list += (list.empty() ? "" : "\n") + c.key +
					(c.column.empty() ? "" : ", column \"" + c.column + "\"") + ": " + c.reason;
		if (conflicts_found_ > static_cast<int64>(conflicts_.size()))
			list += "\n... and " +
					std::to_string(conflicts_found_ - static_cast<int64>(conflicts_.size())) +
					" more";
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "rollback stopped: " + pg::count_of(conflicts_found_, "conflict") +
						  " with changes made since run " + std::to_string(run_.run_id))
			.detail(list)
			.hint("Nothing was changed. dry_run => true lists all conflicts in conflict_rows. Put "
				  "back the values that the run wrote, or those from before it (migsafe.row_log "
				  "has them), without firing triggers; then call again.");
	}
};

/* 55000 unless the run has committed and no rollback of it stands. */
void
require_standing(const catalog::run_record &run)
{
	const std::string id = std::to_string(run.run_id);

	if (!catalog::is_committed(run.run_id))
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "run " + id + " has not committed")
			.detail("There is nothing to take back.")
			.hint("See its status in migsafe.status.");
	if (const auto by = catalog::taken_back_by(run.run_id))
	{
		const std::string kind = catalog::find_run(*by).kind;

		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "run " + id + " has already been taken back")
			.detail("That was done by run " + std::to_string(*by) + ", a " + kind + ".")
			.hint(kind == "rollback" ? "To redo the run, roll that rollback back: SELECT * FROM "
									   "migsafe.rollback(" +
										   std::to_string(*by) + ");"
									 : std::string("To do it again, call migsafe.run_safe()."));
	}
}

Oid
target_of(const catalog::run_record &run)
{
	const Oid target_oid = run.target.resolve();

	if (!OidIsValid(target_oid))
		throw failure(ERRCODE_UNDEFINED_TABLE, "table " + run.target.quoted() + " does not exist")
			.detail("It is the target of run " + std::to_string(run.run_id) + ".")
			.hint(
				"It was dropped since. The old values are in its undo log, see migsafe.row_log().");
	return target_oid;
}

/* The columns that the transform sets which this rollback, or what it takes back, goes back to. */
std::vector<AttrNumber>
columns_set_by(const target &t, const catalog::run_record &run)
{
	catalog::run_record first = run;
	std::vector<AttrNumber> columns;

	while (first.rollback_of)
		first = catalog::find_run(*first.rollback_of);
	for (const std::string &name : catalog::transformed_columns(first.run_id))
	{
		if (const column *const c = t.find(name))
			columns.push_back(c->attnum);
	}
	return columns;
}

int64
record(const target &t, const catalog::run_record &of, int64 run_id, const undo_log &redo,
	   const check_list &checks)
{
	catalog::run_record run;

	run.run_id = run_id;
	run.kind = "rollback";
	run.target = catalog::target_record::of(t);
	run.undo_schema = redo.schema();
	run.undo_name = redo.name();
	run.undo_columns = redo.columns_json();
	run.rollback_of = of.run_id;
	run.checks = checks.json;
	catalog::insert(run);
	return run_id;
}

Datum
make_result(FunctionCallInfo fcinfo, const pg::value &run_id, const rolling_back &work,
			const pg::value &elapsed)
{
	return pg::make_record(fcinfo,
						   {run_id, pg::value::of(work.entries()), pg::value::of(work.restored()),
							pg::value::of(work.unchanged()), pg::value::of(work.conflicts_found()),
							pg::value::json(work.conflicts_json()), elapsed});
}

/* Of the table as it is now, after the rollback: one of severity error undoes it.  The results. */
std::string
test_result(const target &t, const std::vector<check> &checks)
{
	if (checks.empty())
		return "";

	const pg::registered_snapshot now;
	const std::vector<check_result> results = run_checks(t, checks, now.get());

	require_passed(checks, results,
				   {"rollback aborted: the result does not pass its checks", "",
					"the rollback stands",
					"Nothing was changed. Mend the rows that fail first, or give the check the "
					"severity \"warning\"."});
	return results_json(checks, results);
}

Datum
roll_back(FunctionCallInfo fcinfo, const catalog::run_record &run, const rollback_options &options)
{
	const TimestampTz started = GetCurrentTimestamp();
	const target t(target_of(run), "run_id", AccessShareLock);

	t.require_readable();
	require_standing(run);

	const std::vector<check> checks = parse_checks(t, options.checks);

	if (options.dry_run)
	{
		rolling_back work(t, run, true);

		work.execute(nullptr);
		return make_result(fcinfo, pg::value::none(INT8OID), work, pg::value::none(INTERVALOID));
	}
	t.require_updatable(columns_set_by(t, run));
	t.require_writable_in_place(CMD_UPDATE);

	const write_guard guard(t, RowExclusiveLock);

	require_standing(run); /* again, now that nobody else can be at it */

	rolling_back work(t, run, false);
	const int64 run_id = catalog::new_run_id();
	undo_log redo(t, run_id, work.key());

	record(t, run, run_id, redo, options.checks);
	work.execute(&redo);

	catalog::run_result result;

	result.checks_result = test_result(t, checks);
	result.total_rows = work.entries();
	result.successful_rows = result.undo_rows = work.restored();
	result.skipped_rows = work.unchanged();
	result.skipped = "{\"unchanged\": " + std::to_string(work.unchanged()) + "}";
	result.batches = 1;
	result.elapsed = GetCurrentTimestamp() - started;
	catalog::insert(run_id, result);
	return make_result(fcinfo, pg::value::of(run_id), work, pg::value::interval(result.elapsed));
}

rollback_options
read_options(const pg::arguments &args)
{
	args.require(1, "dry_run");

	rollback_options options;

	options.dry_run = args.boolean(1);
	if (!options.dry_run)
		require_read_write("migsafe.rollback()", "Use dry_run => true to see the plan only.");
	if (!args.null(2))
		options.checks = read_checks(args.jsonb(2), "checks");
	return options;
}

} // namespace

MIGSAFE_ACTION(migsafe_rollback)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");

	const rollback_options options = read_options(args);

	return roll_back(fcinfo, catalog::find_run(args.bigint(0)), options);
}

MIGSAFE_ACTION(migsafe_rollback_by_name)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");

	const rollback_options options = read_options(args);
	const std::string name = args.string(0);

	if (!options.dry_run)
		lock_name(name);

	const auto run = catalog::find_standing_run(name);

	if (!run)
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no committed run named \"" + name + "\"")
			.detail("A run that was rolled back does not count.")
			.hint("The runs are listed by: SELECT * FROM migsafe.status. A run_id is passed as a "
				  "number, without quotes.");
	return roll_back(fcinfo, *run, options);
}
