#pragma once

#include "table/target.hpp"

#include <string>

namespace migsafe {

/* Where a backup goes, and what the caller may do instead where it cannot. */
struct backup_place
{
	std::string schema;
	std::string instead_of_schema;      /* where he has no right to create a table there */
	std::string instead_of_publication; /* where a publication would publish the backup */
};

/* A schema that the argument backup_schema names, or would change. */
backup_place place_asked_for(const std::string &schema);

/*
 * 42501 unless the caller may create a table there, 22023 for a schema of migsafe or
 * of the system, 3F000 if there is none, 55000 if a publication would publish the
 * backup.  A backup of a temporary table is always possible.
 */
void require_place(const target &t, const backup_place &place);

/*
 * <target>_backup_YYYYMMDD_HH24MISS, with a number if that is taken; the name of
 * the target is shortened where the whole would pass 63 bytes.  The name is
 * locked, so that two sessions in one second do not choose the same.
 */
std::string free_backup_name(const target &t, const std::string &schema);

} // namespace migsafe
