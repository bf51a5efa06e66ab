#include "online/run_context.hpp"

#include "catalog/run_part.hpp"
#include "catalog/unfinished_rollback.hpp"
#include "online/target_now.hpp"
#include "rollback/rollback_request.hpp"

namespace migsafe::online {

run_context
load_context(int64 run_id)
{
	run_context context;

	context.run = catalog::find_run(run_id);
	if (!context.run.online)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "run " + std::to_string(run_id) + " is not an online run")
			.detail("It was carried out in one transaction, and ended with it.")
			.hint("Online runs are those of migsafe.run_online() and migsafe.start().");
	context.online = catalog::find_online_run(run_id);
	context.settings = catalog::settings_of(context.run);
	context.parts = catalog::count_parts(run_id);
	if (const Oid table = context.run.target.resolve();
		OidIsValid(table) && context.run.target.was_recorded_here())
		context.dropped = dropped_columns(target(table, "run_id", AccessShareLock), context.run);
	return context;
}

void
require_begun_here(const catalog::run_record &run)
{
	const std::string id = std::to_string(run.run_id);

	if (!run.target.was_recorded_here())
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "run " + id + " was begun in another database")
			.detail("It came by a dump. The columns and transactions that it has recorded by "
					"their numbers have others here.")
			.hint("Take it back by CALL migsafe.rollback_online(" + id +
				  "), and begin another one.");
}

void
require_may_go_on(const catalog::run_record &run)
{
	require_not_taken_back(run);
	catalog::require_no_unfinished_rollback(run.run_id);
	require_begun_here(run);
	catalog::require_not_restored_since(run.run_id);
	if (run.rollback_of)
		require_not_taken_back(catalog::find_run(*run.rollback_of));
}

std::vector<Oid>
tables_of(const catalog::run_record &run)
{
	const target t(target_of(run), "run_id", AccessShareLock);
	std::vector<Oid> tables = t.leaf_ids();

	tables.push_back(t.relid());
	return tables;
}

} // namespace migsafe::online
