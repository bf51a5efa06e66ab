#include "pg/procedure.hpp"

#include "pg/rights.hpp"

extern "C" {
#include "tcop/pquery.h"
}

namespace migsafe::pg {
namespace {

bool
may_commit(FunctionCallInfo fcinfo)
{
	return fcinfo->context && IsA(fcinfo->context, CallContext) &&
		   !castNode(CallContext, fcinfo->context)->atomic;
}

/*
 * Server code.  A statement that an ERROR ended outside of any subtransaction has
 * left its snapshot active, and the server rolls back in a procedure only when
 * none is but the portal's.
 */
void
roll_back_now()
{
	while (ActiveSnapshotSet() && GetActiveSnapshot() != ActivePortal->portalSnapshot)
		PopActiveSnapshot();
	SPI_rollback();
}

} // namespace

void
advise(const pg_error &error, const std::string &advice)
{
	const int state = error.sqlstate();

	error.suggest((std::string(run_error_reason(state)) + " " + advice).c_str(),
				  run_error_hint(state));
	error.suggest(advice.c_str());
}

procedure::procedure(FunctionCallInfo fcinfo, const std::string &name, const std::string &hint)
	: exceptions_(std::uncaught_exceptions())
{
	if (!may_commit(fcinfo))
		throw failure(ERRCODE_ACTIVE_SQL_TRANSACTION,
					  name + " cannot be called inside a transaction block")
			.detail("It commits batch by batch. A function, an EXCEPTION block of PL/pgSQL, and "
					"the single transaction in which many runners execute a file count as well.")
			.hint(hint);
	if (call(SPI_connect_ext, SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		throw failure(ERRCODE_INTERNAL_ERROR, "could not connect to SPI");
}

procedure::~procedure()
{
	if (std::uncaught_exceptions() == exceptions_)
		SPI_finish();
}

uint64
procedure::execute(Oid role, const std::string &sql, const std::vector<value> &values)
{
	/* SPI leaves its own context current, which lives as long as the procedure */
	const memory_scope scope(CurrentMemoryContext);
	const elevated rights(role);

	return execute_here(sql, values, false);
}

void
procedure::commit()
{
	call(SPI_commit);
}

void
procedure::roll_back()
{
	call(roll_back_now);
}

} // namespace migsafe::pg
