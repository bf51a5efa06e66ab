#pragma once

#include "pg/value.hpp"

namespace migsafe::pg {

/*
 * SELECT (f(...)).* is expanded by the parser to one call of f for each column
 * of its result.  For a function that changes data that would do the work
 * several times.  once() runs compute for the first of these calls, and gives
 * the others the same result.
 *
 * The calls of one expansion are copies of one expression, run by one statement,
 * with an FmgrInfo each that calls once a row.  What cannot be told from that: an
 * SQL function around the call that is inlined twice in one statement, and a call
 * in the target list over the partitions of a table.
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

/* Define one that returns rows: those of the array that make_records() has made. */
#define MIGSAFE_SET_ACTION(name) \
	static Datum name##_action(FunctionCallInfo fcinfo); \
	MIGSAFE_FUNCTION(name) \
	{ \
		const Datum records = ::migsafe::pg::once(fcinfo, name##_action); \
		::migsafe::pg::result_set(fcinfo).add_records(records); \
		return 0; \
	} \
	static Datum name##_action(FunctionCallInfo fcinfo)
