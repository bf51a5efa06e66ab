/*
 * target_record.hpp
 *		How a record names its target, so that it still holds after a rename here
 *		and after a dump and restore elsewhere.
 */
#pragma once

#include "pg/spi.hpp"

#include <string>

namespace migsafe {
class target;
}

namespace migsafe::catalog {

struct target_record
{
	std::string schema, name;
	Oid oid = InvalidOid;
	int64 system_identifier = 0;
	Oid extension_oid = InvalidOid;
	std::string owner;

	static target_record of(const target &t);

	/* The table now; InvalidOid if there is none any more. */
	[[nodiscard]] Oid resolve() const;
	/* Is this the database in which it was recorded?  Then its OID holds, else its name. */
	[[nodiscard]] bool was_recorded_here() const;
	[[nodiscard]] std::string quoted() const;

	/* May the caller read every row of it?  False if it is gone. */
	[[nodiscard]] bool caller_may_read() const;

	/* For the columns target_schema, target_name, target_oid, system_identifier, extension_oid, target_owner. */
	[[nodiscard]] std::vector<pg::value> values() const;
};

} // namespace migsafe::catalog
