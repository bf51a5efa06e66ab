/*
 * restore.cpp
 *		migsafe.restore: a table put back as a backup has it, by difference.
 */
#include "backup/choose_backup.hpp"
#include "backup/restoration.hpp"
#include "backup/runs_restored.hpp"
#include "pg/once.hpp"
#include "pg/value.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

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

	const catalog::backup_record backup =
		choose_backup(t, args.null(1) ? std::nullopt : std::optional<int64>(args.bigint(1)));
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
