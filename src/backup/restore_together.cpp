#include "backup/restore_together.hpp"

#include "backup/apply_together.hpp"
#include "backup/backup_first.hpp"
#include "backup/runs_restored.hpp"
#include "catalog/recorder.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <deque>

namespace migsafe {
namespace {

/* One of the tables, from the plan to the result. */
struct step
{
	explicit step(const restorable_table &r, bool exact) : work(r.table, r.backup, exact) {}

	restoration work;
	int64 run_id = 0;
	catalog::run_meter *meter = nullptr;
	std::optional<int64> backup_taken;
	std::string fingerprint;
	int64 elapsed = 0;
};

using steps = std::vector<std::unique_ptr<step>>;

bool
is_exact(const std::string &mode)
{
	if (mode != "exact" && mode != "keep_new")
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"mode\" has the unknown value \"" + mode + "\"")
			.hint("Use 'exact', or 'keep_new' to leave rows that are not in the backup.");
	return mode == "exact";
}

/*
 * A backup without rows is more often a mistake than what is wanted.  But where it is
 * what was there before a restore, or one of several that are not all empty, it is meant.
 */
void
require_rows(const std::vector<restorable_table> &tables)
{
	if (!std::all_of(tables.begin(), tables.end(), [](const restorable_table &r) {
			return r.backup.row_count == 0 && !r.backup.restore_run_id;
		}))
		return;

	const restorable_table &first = tables.front();

	if (tables.size() > 1)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "the backups of all " + std::to_string(tables.size()) + " tables are empty")
			.detail("Restoring them would delete every row of these tables.")
			.hint("If that is what you want, use TRUNCATE.");
	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "backup " + std::to_string(first.backup.backup_id) + " is empty")
		.detail("Restoring it would delete every row of table \"" + first.table.name() + "\".")
		.hint("If that is what you want, use TRUNCATE.");
}

steps
plan(const std::vector<restorable_table> &tables, bool exact)
{
	steps all;
	std::vector<Oid> ids;

	for (const restorable_table &r : tables)
	{
		all.push_back(std::make_unique<step>(r, exact));
		ids.push_back(r.table.relid());
	}
	require_rows(tables);
	for (const auto &s : all)
	{
		s->work.check_backup();
		if (exact)
			s->work.restored_with(ids);
	}
	for (const auto &s : all)
		s->work.plan();
	return all;
}

void
record(const step &s, bool exact)
{
	catalog::run_record run;

	run.run_id = s.run_id;
	run.kind = "restore";
	run.target = catalog::target_record::of(s.work.table());
	run.backup_id = s.work.backup().backup_id;
	run.restore_mode = exact ? "exact" : "keep_new";
	catalog::insert(run);
}

/*
 * What is about to change, and what would follow it: to undo the restore, such tables
 * have to be put back with those that they follow, and at the same time.
 */
void
keep_present_state(const steps &all, bool as_set)
{
	std::vector<Oid> changing;
	std::vector<endangered_table> endangered;
	std::vector<step *> theirs;

	for (const auto &s : all)
	{
		if (s->work.count() > 0)
			changing.push_back(s->work.table().relid());
	}
	for (const auto &s : all)
	{
		if (s->work.count() == 0 && !s->work.follows(changing))
			continue;
		s->meter->enter("backing up");
		endangered.push_back({s->work.table(), s->work.backup().schema, s->run_id});
		theirs.push_back(s.get());
	}

	const std::vector<int64> ids = back_up_first(endangered, as_set);

	for (size_t i = 0; i < ids.size(); i++)
		theirs[i]->backup_taken = ids[i];
}

void
write_and_prove(const steps &all)
{
	std::vector<metered_restoration> tables;

	for (const auto &s : all)
		tables.push_back({&s->work, s->meter});
	apply_together(tables);
	for (const auto &s : all)
	{
		s->meter->enter("proving");
		s->fingerprint = s->work.prove();
	}
}

/* From the records of these restores to their results. */
void
restore_recorded(const steps &all, const restore_request &request, TimestampTz started)
{
	std::deque<catalog::run_meter> meters;
	catalog::run_result result;

	for (const auto &s : all)
	{
		const restoration &work = s->work;

		record(*s, request.exact);
		s->meter = &meters.emplace_back(s->run_id, work.count(), [&work] {
			return catalog::row_tally{work.performed(), 0, 0};
		});
	}
	if (request.backup_first)
		keep_present_state(all, request.of_set);
	write_and_prove(all);
	result.elapsed = GetCurrentTimestamp() - started;
	for (const auto &s : all)
	{
		result.total_rows = result.successful_rows = s->work.count();
		s->elapsed = result.elapsed;
		catalog::insert(s->run_id, result);
	}
}

void
carry_out(const steps &all, const restore_request &request, TimestampTz started)
{
	std::vector<int64> ids;

	for (const auto &s : all)
		ids.push_back(s->run_id = catalog::new_run_id());
	catalog::recorded(ids, [&] { restore_recorded(all, request, started); });
	for (const auto &s : all)
		tell_of_runs(s->work.table(), s->work.backup(), request.exact);
}

restore_result
result_of(const step &s, bool dry_run)
{
	const auto unless_dry = [=](const pg::value &v) {
		return dry_run ? pg::value::none(v.type) : v;
	};

	return {unless_dry(pg::value::of(s.run_id)),
			pg::value::of(s.work.backup().backup_id),
			pg::value::of(s.backup_taken),
			pg::value::of(s.work.count(action::change)),
			pg::value::of(s.work.count(action::insert)),
			pg::value::of(s.work.count(action::remove)),
			unless_dry(pg::value::text(s.fingerprint)),
			unless_dry(pg::value::interval(s.elapsed))};
}

} // namespace

restore_request
restore_request_of(const pg::arguments &args, int first, bool of_set)
{
	args.require(first, "mode");
	args.require(first + 1, "dry_run");
	args.require(first + 2, "backup_first");
	return {is_exact(args.string(first)), args.boolean(first + 1), args.boolean(first + 2), of_set};
}

void
require_restore_rights(const target &t, const restore_request &request)
{
	t.require_readable();
	require_no_children(t);
	if (request.dry_run)
		return;
	t.require(ACL_INSERT, "INSERT");
	t.require(ACL_UPDATE, "UPDATE");
	if (request.exact)
		t.require(ACL_DELETE, "DELETE");
	t.require_writable_in_place(CMD_UPDATE);
	t.require_writable_in_place(CMD_DELETE);
}

std::vector<restore_result>
restore_together(const std::vector<restorable_table> &tables, const restore_request &request)
{
	const TimestampTz started = GetCurrentTimestamp();
	std::vector<std::unique_ptr<write_guard>> guards;
	std::vector<restore_result> results;

	for (const restorable_table &r : tables)
	{
		if (!request.dry_run)
			guards.push_back(std::make_unique<write_guard>(r.table, ShareRowExclusiveLock));
	}

	const steps all = plan(tables, request.exact);

	if (!request.dry_run)
		carry_out(all, request, started);
	for (const auto &s : all)
	{
		results.push_back(result_of(*s, request.dry_run));
		s->work.close();
	}
	return results;
}

} // namespace migsafe
