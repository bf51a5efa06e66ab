/*
 * compat.hpp
 *		Every difference between server versions, and no other code: here, and in
 *		compat_executor.hpp and compat_table.hpp for those who need them.
 *
 * The functions of namespace compat do what the server's functions do that they
 * call; all of them are server code.
 */
#pragma once

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "this version of migsafe is written for PostgreSQL 15 to 18"
#endif

/*
 * Before PostgreSQL 16 PGDLLEXPORT expands to nothing on Unix, and under
 * -fvisibility=hidden the server would not find our symbols.  Give it the
 * meaning it has since; PG_MODULE_MAGIC and PG_FUNCTION_INFO_V1 use it too.
 */
#if PG_VERSION_NUM < 160000 && defined(__GNUC__) && !defined(WIN32)
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

extern "C" {
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "parser/parse_type.h"
#include "tcop/pquery.h"
#include "utils/guc_tables.h"
#include "utils/regproc.h"
}

namespace migsafe::compat {

/* Rights. */

inline bool
owns_table(Oid table, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, table, role);
#else
	return pg_class_ownercheck(table, role);
#endif
}

inline AclResult
check_schema_right(Oid schema, Oid role, AclMode right)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(NamespaceRelationId, schema, role, right);
#else
	return pg_namespace_aclcheck(schema, role, right);
#endif
}

inline AclResult
check_database_right(Oid database, Oid role, AclMode right)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(DatabaseRelationId, database, role, right);
#else
	return pg_database_aclcheck(database, role, right);
#endif
}

/* Names, locks and settings. */

inline List *
parse_qualified_name(const char *name)
{
#if PG_VERSION_NUM >= 160000
	return stringToQualifiedNameList(name, nullptr);
#else
	return stringToQualifiedNameList(name);
#endif
}

inline void
parse_type_name(const char *name, Oid *type, int32 *typmod)
{
#if PG_VERSION_NUM >= 160000
	(void) parseTypeString(name, type, typmod, nullptr);
#else
	parseTypeString(name, type, typmod, false);
#endif
}

inline bool
holds_lock(const LOCKTAG *tag, LOCKMODE mode)
{
#if PG_VERSION_NUM >= 170000
	return LockHeldByMe(tag, mode, false);
#else
	return LockHeldByMe(tag, mode);
#endif
}

/* All settings that the session knows; sets count. */
inline config_generic **
all_settings(int *count)
{
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(count);
#else
	*count = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

/* Statements. */

/* All of it, at top level, leaving out what it returns. */
inline void
run_portal(Portal portal)
{
#if PG_VERSION_NUM >= 180000
	(void) PortalRun(portal, FETCH_ALL, true, None_Receiver, None_Receiver, nullptr);
#else
	(void) PortalRun(portal, FETCH_ALL, true, true, None_Receiver, None_Receiver, nullptr);
#endif
}

} // namespace migsafe::compat
