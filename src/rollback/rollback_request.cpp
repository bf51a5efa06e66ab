#include "rollback/rollback_request.hpp"

#include "catalog/online_run.hpp"
#include "pg/lock_holder.hpp"
#include "pg/relation.hpp"
#include "rollback/already_taken_back.hpp"
#include "rollback/stuck_rollback.hpp"
#include "rollback/todays_columns.hpp"
#include "run/entry_hash.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* 55006 if somebody carries the run out; else nobody does from now on, until the transaction ends. */
void
require_not_under_way(const catalog::run_record &run)
{
	const std::string id = std::to_string(run.run_id);

	if (!pg::try_lock(pg::lock_kind::run, static_cast<uint64>(run.run_id)))
		throw failure(ERRCODE_OBJECT_IN_USE, "run " + id + " is under way")
			.detail(pg::holder_sentence(pg::lock_kind::run, static_cast<uint64>(run.run_id)) +
					"Another session is carrying it out, or taking it back.")
			.hint("Stop it first: SELECT migsafe.cancel(" + id + ");");
	catalog::require_newest_undo_count(run.run_id);
}

/* Has it taken back all that it was about? */
bool
is_whole(const catalog::run_record &rollback)
{
	return !rollback.is_partial && catalog::is_committed(rollback.run_id) &&
		   catalog::find_result(rollback.run_id).failed_rows == 0;
}

/*
 * Of rollbacks of rollbacks: where one on the way up took back a part, or was stopped half-way,
 * and what it took back in part was taken back whole since, to redo that part would undo the
 * other.
 */
void
require_whole_above(const catalog::run_record &run)
{
	catalog::run_record r = run;

	while (r.rollback_of)
	{
		const catalog::run_record of = catalog::find_run(*r.rollback_of);

		if (!is_whole(r))
			require_not_taken_back(of);
		r = of;
	}
}

} // namespace

void
require_not_taken_back(const catalog::run_record &run)
{
	if (const auto by = catalog::taken_back_by(run.run_id))
		throw already_taken_back(run.run_id, *by);
}

void
require_standing(const catalog::run_record &run, rollback_mode mode)
{
	const bool committed = catalog::is_committed(run.run_id);

	if (!committed && !run.online)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "run " + std::to_string(run.run_id) + " has not committed")
			.detail("There is nothing to take back.")
			.hint("See its status in migsafe.status.");
	if (!committed)
		require_not_under_way(run);
	require_not_taken_back(run);
	if (mode == rollback_mode::write)
		require_no_other_rollback(run.run_id);

	require_whole_above(run);
}

catalog::run_record
find_run_named(const std::string &name)
{
	const auto run = catalog::find_run_to_take_back(name);

	if (!run)
	{
		if (const auto before = catalog::runs_taken_back(name); !before.empty())
		{
			const catalog::run_record taken_back = catalog::find_run(before.front());

			/* who may not read the table is not told what was done to it */
			target(target_of(taken_back), "run_id", AccessShareLock).require_readable();
			require_not_taken_back(taken_back);
		}
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no committed run named \"" + name + "\"")
			.detail("One whose table was dropped does not count.")
			.hint("The runs are listed by: SELECT * FROM migsafe.status. A run_id is passed as a "
				  "number, without quotes.");
	}
	return *run;
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

std::vector<AttrNumber>
columns_set_by(const target &t, const catalog::run_record &run)
{
	catalog::run_record first = run;
	std::vector<AttrNumber> columns;

	while (first.rollback_of)
		first = catalog::find_run(*first.rollback_of);

	const std::vector<std::string> names = catalog::transformed_columns(first.run_id);
	const todays_columns today(t, first);

	for (const undo_field &f : today.fields())
	{
		const column *const now =
			std::find(names.begin(), names.end(), f.name) != names.end() ? today.find(f) : nullptr;

		if (now)
			columns.push_back(now->attnum);
	}
	return columns;
}

std::vector<AttrNumber>
columns_taken_back(const target &t, const catalog::run_record &run, const rollback_terms &terms)
{
	std::vector<AttrNumber> columns;

	for (const AttrNumber attnum : columns_set_by(t, run))
	{
		if (terms.columns.empty() || std::find(terms.columns.begin(), terms.columns.end(),
											   t.at(attnum).name) != terms.columns.end())
			columns.push_back(attnum);
	}
	return columns;
}

void
require_complete(const catalog::run_record &run, const catalog::undo_content &found,
				 const std::string &so_far)
{
	const catalog::undo_content recorded = catalog::recorded_undo_content(run.run_id);

	if (found == recorded)
		return;

	throw altered_since(
		run,
		found.entries != recorded.entries
			? "It has " + std::to_string(found.entries) + " entries; the run wrote " +
				  std::to_string(recorded.entries) + "."
			: "It has as many entries as the run wrote, but their content is another.",
		so_far);
}

failure
altered_since(const catalog::run_record &run, const std::string &detail, const std::string &so_far)
{
	return failure(ERRCODE_DATA_CORRUPTED,
				   "the undo log of run " + std::to_string(run.run_id) + " was altered")
		.detail(detail)
		.hint(so_far + " If there is a backup, use migsafe.restore().");
}

catalog::run_record
record_of_rollback(const target &t, const catalog::run_record &of, int64 run_id,
				   const undo_log &redo, const rollback_terms &terms)
{
	catalog::run_record run;

	run.run_id = run_id;
	run.kind = "rollback";
	run.target = catalog::target_record::of(t);
	run.undo_schema = redo.schema();
	run.undo_name = redo.name();
	run.undo_columns = redo.columns_json();
	run.rollback_of = of.run_id;
	run.terms = terms.to_json();
	run.is_partial = terms.is_partial();
	return run;
}

undo_extent
find_undo_extent(const catalog::run_record &run)
{
	const pg::relation log = open_undo_log(run);

	return {RelationGetRelid(log.get()), log->rd_rel->relfilenode,
			pg::call([&] { return RelationGetNumberOfBlocks(log.get()); })};
}

catalog::undo_content
find_undo_content(const catalog::run_record &run)
{
	const pg::relation log = open_undo_log(run);

	return read_undo_content(log.get());
}

} // namespace migsafe
