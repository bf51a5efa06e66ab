/*
 * restore.cpp
 *		migsafe.restore: a table put back as a backup has it, by difference.
 */
#include "backup/action_list.hpp"
#include "backup/backup_access.hpp"
#include "backup/fingerprint.hpp"
#include "catalog/run_meter.hpp"
#include "catalog/session.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"
#include "table/image.hpp"
#include "table/pairing.hpp"
#include "table/row_writer.hpp"
#include "table/write_guard.hpp"

#include <algorithm>

using namespace migsafe;

namespace {

catalog::backup_record
choose_backup(const target &t, const pg::arguments &args)
{
	if (args.null(1))
	{
		const auto newest = catalog::newest_backup(t);

		if (!newest)
			throw failure(ERRCODE_UNDEFINED_OBJECT,
						  "there is no backup of table \"" + t.name() + "\"")
				.hint("Backups are made by migsafe.backup_table(), and listed in migsafe.backup.");
		return *newest;
	}

	catalog::backup_record backup = catalog::find_backup(args.bigint(1));

	const Oid of = backup.target.resolve();
	const bool same_name = backup.target.schema == t.schema() && backup.target.name == t.name();

	/* of a table that was dropped, and made again under its name, as well */
	if (OidIsValid(of) ? of != t.relid() : !same_name)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "backup " + std::to_string(backup.backup_id) + " is not one of table \"" +
						  t.name() + "\"")
			.detail("It is a backup of table " + backup.target.quoted() + ".")
			.hint("Backups are listed in migsafe.backup.");
	return backup;
}

class restoration
{
public:
	restoration(const target &t, const catalog::backup_record &backup, bool exact)
		: target_(t), backup_(backup), exact_(exact), table_(backup_table_for_caller(backup)),
		  key_(t.key({})), copy_(table_, AccessShareLock),
		  writer_(t, triggers::only_constraints, settable_columns(t))
	{
	}

	void check_backup() const
	{
		check_shape();
		if (backup_.row_count == 0)
			throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
						  "backup " + std::to_string(backup_.backup_id) + " is empty")
				.detail("Restoring it would delete every row of table \"" + target_.name() + "\".")
				.hint("If that is what you want, use TRUNCATE.");
		if (summarize_now(table_) != content_summary{backup_.row_count, backup_.fingerprint})
			throw failure(ERRCODE_DATA_CORRUPTED, "backup " + std::to_string(backup_.backup_id) +
													  " is no longer what it was")
				.detail("The rows of table " + backup_.quoted() +
						" do not have the recorded count "
						"and fingerprint.")
				.hint("See SELECT * FROM migsafe.verify_backup(" +
					  std::to_string(backup_.backup_id) + "), and restore another backup.");
		if (!catalog::has_columns_of_manifest(target_.relid(), backup_.backup_id))
			throw failure(ERRCODE_DATATYPE_MISMATCH, "table \"" + target_.name() +
														 "\" has other columns than backup " +
														 std::to_string(backup_.backup_id))
				.detail("Columns were added, dropped, renamed or retyped since.")
				.hint("Give the table the columns that the backup's manifest lists, or copy from " +
					  backup_.quoted() + " by hand.");
	}

	/*
	 * The backup belongs to the target's owner, who may have altered it: its values
	 * are used by position, so each has to be of the type that is expected there.
	 */
	void check_shape() const
	{
		const TupleDesc copy = RelationGetDescr(copy_.get());
		const std::vector<column> &columns = target_.columns();
		bool same = copy_->rd_rel->relkind == RELKIND_RELATION && !copy_->rd_rel->relhassubclass &&
					copy->natts == static_cast<int>(columns.size());

		for (size_t i = 0; same && i < columns.size(); i++)
		{
			const FormData_pg_attribute &att = *TupleDescAttr(copy, static_cast<int>(i));

			same = !att.attisdropped && columns[i].name == NameStr(att.attname) &&
				   att.atttypid == pg::call(getBaseType, columns[i].type);
		}
		if (!same)
			throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
						  "backup table " + backup_.quoted() + " does not fit table \"" +
							  target_.name() + "\"")
				.detail("The one or the other was altered or replaced since the backup was taken.")
				.hint("Give the table the columns that the backup's manifest lists, or copy from " +
					  backup_.quoted() + " by hand.");
	}

	void plan(action_list &list)
	{
		row_pairs pairs(target_, key_, counterpart_of_backup(), copy_.get(), row_pairs::join::full);

		pg::call([this] { writer_.begin_reading(); });
		while (pairs.next())
		{
			if (!pairs.has_other())
			{
				if (exact_)
					list.add(action::remove, pairs);
			}
			else if (!pairs.has_target())
				list.add(action::insert, pairs);
			else if (differs(pairs))
				list.add(action::change, pairs);
		}
		pg::call([this] { writer_.finish_reading(); });
	}

	/*
	 * First what is to go, then what changes, then what comes.  Where rows have
	 * exchanged unique values, changing them one by one cannot work: then all
	 * that change go first, and come again.
	 */
	void apply(action_list &list, catalog::run_meter &meter)
	{
		meter_ = &meter;
		meter.enter("restoring");

		auto problem = try_to_apply(list);

		if (problem && !references_follow_updates() &&
			(problem->sqlstate == ERRCODE_UNIQUE_VIOLATION ||
			 problem->sqlstate == ERRCODE_EXCLUSION_VIOLATION))
		{
			replace_changed_ = true;
			problem = try_to_apply(list);
		}
		if (problem)
			throw failure(problem->sqlstate, problem->message)
				.detail(problem->detail)
				.hint(
					"Nothing was changed. Rows of other tables, or constraints made since, do not "
					"admit what the backup holds.");
	}

	/* The proof: the same content; or, where new rows are kept, nothing left to do. */
	void prove(const content_summary &now)
	{
		if (exact_ ? now == content_summary{backup_.row_count, backup_.fingerprint}
				   : nothing_left())
			return;
		throw failure(ERRCODE_DATA_CORRUPTED, "table \"" + target_.name() + "\" is not as backup " +
												  std::to_string(backup_.backup_id) +
												  " has it after all")
			.detail("A generated column or a constraint trigger gives other values than before.")
			.hint(
				"Nothing was changed. Compare the table's definition with the backup's manifest.");
	}

	/* Rows written so far. */
	[[nodiscard]] int64 performed() const { return performed_; }

private:
	const target &target_;
	const catalog::backup_record &backup_;
	catalog::run_meter *meter_ = nullptr;
	int64 performed_ = 0;
	bool replace_changed_ = false;
	const bool exact_;
	const Oid table_;
	const std::vector<AttrNumber> key_;
	const pg::relation copy_;
	row_writer writer_;

	static std::vector<AttrNumber> settable_columns(const target &t)
	{
		std::vector<AttrNumber> columns;

		for (const column &c : t.columns())
		{
			if (!c.generated)
				columns.push_back(c.attnum);
		}
		return columns;
	}

	[[nodiscard]] counterpart counterpart_of_backup() const
	{
		counterpart other;

		other.relation = backup_.quoted();
		for (AttrNumber attnum : key_)
			other.keys.push_back(pg::identifier(target_.at(attnum).name));
		other.row_columns = hashed_columns(target_);
		other.row_hash = row_hash_sql(target_, other.row_columns, "o");
		return other;
	}

	/* Would other tables follow an update, but not a row that goes and comes again? */
	[[nodiscard]] bool references_follow_updates() const
	{
		catalog::session s;

		return !s->query("SELECT 1 FROM pg_constraint c WHERE c.confrelid = $1 AND c.contype = 'f'"
						 " AND c.confupdtype IN ('c', 'n', 'd') LIMIT 1",
						 {pg::value::of_oid(target_.relid())})
					.empty();
	}

	std::optional<pg::row_failure> try_to_apply(action_list &list)
	{
		performed_ = 0;
		return pg::attempt(pg::subtransaction::access::read_write, [&, this] {
			pg::fault_point("restore");
			pg::call([&, this] {
				writer_.begin();
				for (const action step : {action::remove, action::change, action::insert})
					perform_step(list, step);
				writer_.finish();
				CommandCounterIncrement();
			});
		});
	}

	/* Server code, as are the next functions. */
	void perform_step(action_list &list, action step)
	{
		list.rewind();
		while (list.next())
		{
			action what = list.what();

			CHECK_FOR_INTERRUPTS();
			if (what == action::change && replace_changed_ && step != action::change)
				what = step; /* gone in the first step, back in the last */
			else if (what == action::change && replace_changed_)
				continue;
			if (what == step)
				perform(list, what);
			meter_->tick();
		}
	}

	bool nothing_left()
	{
		action_list rest;

		plan(rest);
		rest.close();
		return rest.count(action::change) + rest.count(action::insert) == 0;
	}

	/* Server code.  The row of the backup, its columns being those of the target without gaps. */
	TupleTableSlot *backup_row(ItemPointer tid)
	{
		TupleTableSlot *const slot = writer_.extra_slot(copy_.get());

		if (!table_tuple_fetch_row_version(copy_.get(), tid, writer_.snapshot(), slot))
			pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
							"the backup was changed while it was being restored", nullptr,
							"Call again.");
		slot_getallattrs(slot);
		return slot;
	}

	bool differs(const row_pairs &pair)
	{
		return pg::call([&, this] {
			ItemPointerData row_tid = pair.row(), backup_tid = pair.other();
			TupleTableSlot *const stored = writer_.fetch(pair.leaf_no(), &row_tid);

			if (stored == nullptr)
				return true;

			TupleTableSlot *const row = writer_.old_in_target_layout(pair.leaf_no(), stored);
			TupleTableSlot *const wanted = backup_row(&backup_tid);
			bool same = true;

			slot_getallattrs(row);
			for (size_t i = 0; i < target_.columns().size() && same; i++)
			{
				const column &c = target_.columns()[i];
				const int n = c.attnum - 1;

				same = c.generated ||
					   same_image(*TupleDescAttr(target_.descriptor(), n), row->tts_values[n],
								  row->tts_isnull[n], wanted->tts_values[i], wanted->tts_isnull[i]);
			}
			return !same;
		});
	}

	void perform(const action_list &list, action what)
	{
		performed_++;

		write_outcome outcome = write_outcome::written;
		ItemPointerData tid = *list.row();

		if (what == action::remove)
			outcome = writer_.remove(list.leaf_no(), &tid);
		else if (what == action::insert)
			writer_.insert(whole_row(backup_row(list.backup_row())));
		else
			outcome = change(list, &tid);
		if (outcome != write_outcome::written)
			pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
							"a row was changed while it was being restored", nullptr,
							"Call again.");
	}

	/* Server code. */
	write_outcome change(const action_list &list, ItemPointer tid)
	{
		const leaf &l = target_.leaves()[list.leaf_no()];
		TupleTableSlot *const old = writer_.fetch(list.leaf_no(), tid);
		TupleTableSlot *const wanted = backup_row(list.backup_row());

		if (old == nullptr)
			return write_outcome::changed;

		TupleTableSlot *const row = writer_.copy_of(list.leaf_no(), old);

		for (size_t i = 0; i < target_.columns().size(); i++)
		{
			const int n = l.from_target[target_.columns()[i].attnum - 1] - 1;

			row->tts_values[n] = wanted->tts_values[i];
			row->tts_isnull[n] = wanted->tts_isnull[i];
		}
		return writer_.update(list.leaf_no(), tid, row);
	}

	/* Server code.  A row of the backup in the target's layout. */
	TupleTableSlot *whole_row(TupleTableSlot *from)
	{
		TupleTableSlot *const row = ExecClearTuple(writer_.target_slot());

		std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
		for (size_t i = 0; i < target_.columns().size(); i++)
		{
			const int n = target_.columns()[i].attnum - 1;

			row->tts_values[n] = from->tts_values[i];
			row->tts_isnull[n] = from->tts_isnull[i];
		}
		return ExecStoreVirtualTuple(row);
	}
};

void
record(int64 run_id, const target &t, const catalog::backup_record &backup, bool exact)
{
	catalog::run_record run;

	run.run_id = run_id;
	run.kind = "restore";
	run.target = catalog::target_record::of(t);
	run.backup_id = backup.backup_id;
	run.restore_mode = exact ? "exact" : "keep_new";
	catalog::insert(run);
}

int64
actions(const action_list &list)
{
	return list.count(action::change) + list.count(action::insert) + list.count(action::remove);
}

/* What the restore means for runs, where one might think otherwise. */
void
tell_of_runs(const target &t, const catalog::backup_record &backup, bool exact)
{
	const std::string stands = "migsafe.taken_back_by(r.run_id) IS NULL";
	const std::string stood = "r.run_id = ANY (b.runs_seen) AND"
							  " migsafe.taken_back_by(r.run_id, b.runs_seen) IS NULL";
	const auto runs = [&](const std::string &condition) {
		return catalog::runs_where(t, backup.backup_id, condition);
	};
	const std::string id = std::to_string(backup.backup_id);

	if (exact)
	{
		if (const std::string kept = runs(stood); !kept.empty())
			pg::notice("backup " + id + " holds what these runs of the table wrote: " + kept,
					   "To take them back, use migsafe.rollback(), or restore an older backup.");
		return;
	}
	if (const std::string undone = runs(stands + " AND NOT (" + stood + ")"); !undone.empty())
		pg::notice(
			"these runs of the table still count as committed: " + undone,
			"Their changes are undone in the rows of the backup. To run them again, roll them "
			"back: that also undoes the rows that are not in the backup.");
	if (const std::string back = runs("NOT (" + stands + ") AND " + stood); !back.empty())
		pg::warning("these runs of the table still count as rolled back: " + back,
					"Backup " + id +
						" holds what they wrote. Do not run them again on these rows.");
}

bool
is_exact(const std::string &mode)
{
	if (mode != "exact" && mode != "keep_new")
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"mode\" has the unknown value \"" + mode + "\"")
			.hint("Use 'exact', or 'keep_new' to leave rows that are not in the backup.");
	return mode == "exact";
}

} // namespace

MIGSAFE_ACTION(migsafe_restore)
{
	const pg::arguments args(fcinfo);
	const TimestampTz started = GetCurrentTimestamp();

	args.require(0, "target");
	args.require(2, "mode");
	args.require(3, "dry_run");

	const bool exact = is_exact(args.string(2));
	const bool dry_run = args.boolean(3);

	if (!dry_run)
		require_read_write("migsafe.restore()", "Use dry_run => true to see the plan only.");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();
	require_no_children(t);
	if (!dry_run)
	{
		t.require(ACL_INSERT, "INSERT");
		t.require(ACL_UPDATE, "UPDATE");
		if (exact)
			t.require(ACL_DELETE, "DELETE");
		t.require_writable_in_place(CMD_UPDATE);
		t.require_writable_in_place(CMD_DELETE);
	}

	const catalog::backup_record backup = choose_backup(t, args);
	std::optional<write_guard> guard;

	if (!dry_run)
		guard.emplace(t, ShareRowExclusiveLock);

	restoration work(t, backup, exact);

	work.check_backup();

	action_list list;

	work.plan(list);

	pg::value run_id = pg::value::none(INT8OID), proof = pg::value::none(TEXTOID);
	int64 elapsed = 0;

	if (!dry_run)
	{
		const int64 id = catalog::new_run_id();
		catalog::run_result result;

		catalog::recorded(id, [&] {
			record(id, t, backup, exact);

			catalog::run_meter meter(id, actions(list), [&] {
				return catalog::row_tally{work.performed(), 0, 0};
			});

			work.apply(list, meter);
			meter.enter("proving");

			const content_summary now = summarize_now(t.relid());

			work.prove(now);
			proof = pg::value::text(now.fingerprint);
			result.total_rows = result.successful_rows = actions(list);
			result.elapsed = GetCurrentTimestamp() - started;
			catalog::insert(id, result);
		});
		tell_of_runs(t, backup, exact);
		run_id = pg::value::of(id);
		elapsed = result.elapsed;
	}

	list.close();
	return pg::make_record(
		fcinfo,
		{run_id, pg::value::of(backup.backup_id), pg::value::of(list.count(action::change)),
		 pg::value::of(list.count(action::insert)), pg::value::of(list.count(action::remove)),
		 proof, dry_run ? pg::value::none(INTERVALOID) : pg::value::interval(elapsed)});
}
