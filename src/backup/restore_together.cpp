#include "backup/restore_together.hpp"

#include "backup/apply_together.hpp"
#include "backup/backup_first.hpp"
#include "backup/behind_sequences.hpp"
#include "backup/runs_restored.hpp"
#include "catalog/recorder.hpp"
#include "pg/message.hpp"
#include "pg/settings.hpp"
#include "pg/steady_time.hpp"
#include "table/write_guard.hpp"

#include <deque>

namespace migsafe {
namespace {

/* One of the tables, from the plan to the result. */
struct restored_table
{
	explicit restored_table(const restorable_table &r, bool exact) : work(r.table, r.backup, exact)
	{
	}

	restoration work;
	int64 run_id = 0;
	catalog::run_meter *meter = nullptr;
	std::optional<int64> backup_taken;
	std::string fingerprint;
	int64 elapsed = 0;
};

using restored_tables = std::vector<std::unique_ptr<restored_table>>;

restored_tables
plan(const std::vector<restorable_table> &tables, bool exact)
{
	restored_tables all;
	std::vector<Oid> ids;

	for (const restorable_table &r : tables)
	{
		all.push_back(std::make_unique<restored_table>(r, exact));
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
record(const restored_table &s, bool exact)
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
std::vector<catalog::backup_record>
keep_present_state(const restored_tables &all, bool as_set)
{
	std::vector<Oid> changing;
	std::vector<endangered_table> endangered;
	std::vector<restored_table *> theirs;

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

	std::vector<catalog::backup_record> taken = back_up_first(endangered, as_set);

	for (size_t i = 0; i < taken.size(); i++)
		theirs[i]->backup_taken = taken[i].backup_id;
	return taken;
}

void
require_domains(const restored_tables &all)
{
	for (const auto &s : all)
		s->work.require_domains();
}

void
write_and_prove(const restored_tables &all)
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

/* From the records of these restores to their results.  Returns the backups taken. */
std::vector<catalog::backup_record>
restore_recorded(const restored_tables &all, const restore_request &request, int64 started)
{
	std::deque<catalog::run_meter> meters;
	std::vector<catalog::backup_record> taken;
	catalog::run_result result;

	for (const auto &s : all)
	{
		const restoration &work = s->work;

		record(*s, request.exact);
		s->meter = &meters.emplace_back(s->run_id, work.count(), [&work] {
			return catalog::row_tally{work.performed(), 0, 0};
		});
	}
	require_domains(all);
	if (request.backup_first)
		taken = keep_present_state(all, request.of_set);
	write_and_prove(all);
	result.elapsed = pg::steady_time() - started;
	for (const auto &s : all)
	{
		result.total_rows = result.successful_rows = s->work.count();
		s->elapsed = result.elapsed;
		catalog::insert(s->run_id, result);
	}
	return taken;
}

/* Without a key a row that was changed is one that is missing and one that is new. */
void
warn_of_rows_without_key(const restored_tables &all)
{
	for (const auto &s : all)
	{
		const int64 back = s->work.count(action::insert), left = s->work.rows_left();

		if (!s->work.has_key() && back > 0 && left > 0)
			pg::warning(pg::count_of(back, "row") + (back == 1 ? " is" : " are") +
							" back in table " + s->work.table().quoted() + ", beside " +
							pg::count_of(left, "row") + " that the backup does not have",
						"Without a key nobody can tell whether these are the same rows, changed "
						"since. With mode => 'exact' only those of the backup stay.");
	}
}

void
tell_of_sequences(const restored_tables &all)
{
	std::vector<const target *> filled;

	for (const auto &s : all)
	{
		if (s->work.count(action::insert) + s->work.count(action::change) > 0)
			filled.push_back(&s->work.table());
	}
	tell_of_behind_sequences(filled);
}

void
carry_out(const restored_tables &all, const restore_request &request, int64 started)
{
	std::vector<int64> ids;

	for (const auto &s : all)
		ids.push_back(s->run_id = catalog::new_run_id());
	tell_how_to_undo(
		catalog::recorded(ids, [&] { return restore_recorded(all, request, started); }));
	for (const auto &s : all)
		tell_of_runs(s->work.table(), s->work.backup(), request.exact);
	tell_of_sequences(all);
	warn_of_rows_without_key(all);
}

restore_result
result_of(const restored_table &s, bool dry_run)
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

std::vector<restore_result>
restore_together(const std::vector<restorable_table> &tables, const restore_request &request)
{
	/* what constraints and functions of indexes set as rows are written ends here */
	const pg::local_settings none_stay;
	const int64 started = pg::steady_time();
	std::vector<std::unique_ptr<write_guard>> guards;
	std::vector<restore_result> results;

	for (const restorable_table &r : tables)
	{
		if (!request.dry_run)
			guards.push_back(std::make_unique<write_guard>(r.table, ShareRowExclusiveLock));
	}

	const restored_tables all = plan(tables, request.exact);

	if (request.dry_run)
		require_domains(all);
	else
		carry_out(all, request, started);
	for (const auto &s : all)
	{
		results.push_back(result_of(*s, request.dry_run));
		s->work.close();
	}
	return results;
}

} // namespace migsafe
