#include "pg/top_level_statement.hpp"

extern "C" {
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/portal.h"
}

namespace migsafe::pg {
namespace {

/* Server code, as is the rest. */
List *
plan_of(RawStmt *statement, const char *sql)
{
	const bool needs_snapshot = analyze_requires_snapshot(statement);

	if (needs_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());

	List *const queries = pg_analyze_and_rewrite_fixedparams(statement, sql, nullptr, 0, nullptr);
	List *const plans = pg_plan_queries(queries, sql, CURSOR_OPT_PARALLEL_OK, nullptr);

	if (needs_snapshot)
		PopActiveSnapshot();
	return plans;
}

void
run_portal(List *plans, CommandTag tag, const char *sql)
{
	Portal const portal = CreatePortal("", true, true);

	portal->visible = false;
	PortalDefineQuery(portal, nullptr, sql, tag, plans, nullptr);
	PortalStart(portal, nullptr, 0, InvalidSnapshot);
	compat::run_portal(portal);
	PortalDrop(portal, false);
}

void
execute_one(const char *sql, MemoryContext cxt)
{
	StartTransactionCommand();
	MemoryContextSwitchTo(cxt);

	auto *const statement = linitial_node(RawStmt, pg_parse_query(sql));

	run_portal(plan_of(statement, sql), CreateCommandTag(statement->stmt), sql);
	CommitTransactionCommand();
}

/* As the server's main loop does. */
void
report_and_abort()
{
	HOLD_INTERRUPTS();
	EmitErrorReport();
	AbortCurrentTransaction();
	PortalErrorCleanup();
	FlushErrorState();
	RESUME_INTERRUPTS();
}

/*
 * Text, parse tree and plan lie in a context that outlives the transactions of a CALL.
 * An ERROR is returned, in TopMemoryContext.
 */
ErrorData *
execute(const char *text)
{
	MemoryContext const cxt =
		AllocSetContextCreate(TopMemoryContext, "migsafe statement", ALLOCSET_DEFAULT_SIZES);
	const char *const sql = MemoryContextStrdup(cxt, text);
	ErrorData *volatile error = nullptr;

	debug_query_string = sql;
	SetCurrentStatementStartTimestamp();
	pgstat_report_activity(STATE_RUNNING, sql);
	PG_TRY();
	{
		execute_one(sql, cxt);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		report_and_abort();
	}
	PG_END_TRY();
	pgstat_report_activity(STATE_IDLE, nullptr);
	debug_query_string = nullptr;
	MemoryContextSwitchTo(TopMemoryContext);
	MemoryContextDelete(cxt);
	return error;
}

} // namespace

std::optional<problem>
execute_at_top_level(const std::string &sql)
{
	ErrorData *const error = call(execute, sql.c_str());

	if (error == nullptr)
		return std::nullopt;

	problem found = describe(*error);

	call(FreeErrorData, error);
	return found;
}

} // namespace migsafe::pg
