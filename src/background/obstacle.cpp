#include "background/obstacle.hpp"

extern "C" {
#include "catalog/pg_authid.h"
}

namespace migsafe::background {
namespace {

enum class state { gone, may_not_log_in, may_not_connect, may_connect };

/* Server code. */
state
state_of(Oid role)
{
	HeapTuple const tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));

	if (!HeapTupleIsValid(tuple))
		return state::gone;

	const bool may_log_in = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcanlogin;

	ReleaseSysCache(tuple);
	if (!may_log_in)
		return state::may_not_log_in;
	return compat::check_database_right(MyDatabaseId, role, ACL_CONNECT) == ACLCHECK_OK
			   ? state::may_connect
			   : state::may_not_connect;
}

} // namespace

std::optional<obstacle>
obstacle_of(Oid role)
{
	switch (pg::call(state_of, role))
	{
		case state::gone:
			return obstacle{
				"does not exist any more",
				"Take the run back by CALL migsafe.rollback_online(run_id), and start it again."};
		case state::may_not_log_in:
			return obstacle{"is not permitted to log in", "Let it log in by ALTER ROLE ... LOGIN."};
		case state::may_not_connect:
			return obstacle{"is not permitted to connect to this database",
							"Grant it CONNECT on the database."};
		case state::may_connect:
			break;
	}
	return std::nullopt;
}

} // namespace migsafe::background
