/*
 * compat.hpp
 *		Every difference between server versions, and no other code.
 */
#pragma once

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 160000
#error "this version of migsafe is written for PostgreSQL 15"
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
