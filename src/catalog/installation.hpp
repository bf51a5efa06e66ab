/*
 * installation.hpp
 *		Which installation of migsafe wrote a record: OIDs and transaction ids in a
 *		record mean something where it was written, and nowhere else.
 */
#pragma once

#include "pg/call.hpp"

namespace migsafe::catalog {

struct installation
{
	int64 system_identifier = 0;
	Oid extension_oid = InvalidOid;

	bool operator==(const installation &) const = default;
};

/*
 * Server code: that of this database.  pg_upgrade keeps it, with all OIDs; a copy of the
 * database has it as well, a dump that is loaded has not.
 */
installation installation_here();

} // namespace migsafe::catalog
