#pragma once

#include "pg/call.hpp"

namespace migsafe::pg {

/*
 * SELECT (f(...)).* is expanded by the parser to one call of f for each column
 * of its result.  For a function that changes data that would do the work
 * several times.  once() runs compute for the first of these calls, and gives
 * the others the same result.
 *
 * The calls of one expansion have the same place in the statement, equal
 * arguments, and an FmgrInfo each that calls once a row; and no other command
 * comes between them.
 */
Datum once(FunctionCallInfo fcinfo, Datum (*compute)(FunctionCallInfo));

} // namespace migsafe::pg

/* Define an SQL-callable function that changes data and returns one record. */
#define MIGSAFE_ACTION(name) \
	static Datum name##_action(FunctionCallInfo fcinfo); \
	MIGSAFE_FUNCTION(name) \
	{ \
		return ::migsafe::pg::once(fcinfo, name##_action); \
	} \
	static Datum name##_action(FunctionCallInfo fcinfo)
