/*
 * call.hpp
 *		The two crossings between C++ and PostgreSQL.
 *
 * call()    C++ -> PostgreSQL: an ERROR comes back as pg_error
 * guard()   PostgreSQL -> C++: an exception goes back as an ERROR
 */
#pragma once

#include "pg/error.hpp"

#include <type_traits>

namespace migsafe::pg {

/* Run step(arg) under PG_TRY; throws what it raised or threw. */
void run_protected(void (*step)(void *), void *arg);

/*
 * Call a server function.  When the server reports an error it jumps over
 * fn's own frame, so fn must not hold objects with destructors; prepare the
 * arguments before, and pass C data: Datum, Oid, c_str(), data().
 */
template <typename Fn, typename... Args>
auto
call(Fn fn, Args... args) -> std::invoke_result_t<Fn &, Args &...>
{
	using result = std::invoke_result_t<Fn &, Args &...>;

	static_assert(std::is_trivially_destructible_v<Fn>, "capture C data or references only");
	static_assert((std::is_trivially_destructible_v<Args> && ...), "pass C data, not objects");

	if constexpr (std::is_void_v<result>)
	{
		auto step = [&] { fn(args...); };

		run_protected([](void *s) { (*static_cast<decltype(step) *>(s))(); }, &step);
	}
	else
	{
		static_assert(std::is_trivially_destructible_v<result>, "return C data, not objects");
		result value{};
		auto step = [&] { value = fn(args...); };

		run_protected([](void *s) { (*static_cast<decltype(step) *>(s))(); }, &step);
		return value;
	}
}

/*
 * Run fn; an ERROR that the server reports in it is thrown again as what
 * describe makes of it.  For errors in something that the user passed, which
 * must name the argument.  What is to pass as it is describe throws on; what somebody
 * does to the session (class 57) passes anyway: it is nobody's mistake.
 */
template <typename Fn, typename Describe>
auto
translate_errors(Fn fn, Describe describe) -> std::invoke_result_t<Fn &>
{
	try
	{
		return fn();
	}
	catch (const pg_error &e)
	{
		if (ERRCODE_TO_CATEGORY(e.sqlstate()) == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION))
			throw;
		throw describe(e);
	}
}

/*
 * Run fn; report gets to know what escapes from it, before that goes on its way.
 * The transaction cannot be used any more then; nothing that report throws counts.
 */
template <typename Fn, typename Report>
auto
report_escaping(Fn fn, Report report) -> std::invoke_result_t<Fn &>
{
	try
	{
		return fn();
	}
	catch (...)
	{
		try
		{
			report(describe_escaping());
		}
		catch (...)
		{
		}
		throw;
	}
}

/*
 * Run fn at an entry point.  No exception passes, and the ERROR is raised
 * after the catch block: a jump out of it would never release the exception.
 */
template <typename Fn>
auto
guard(Fn fn) -> std::invoke_result_t<Fn &>
{
	static_assert(std::is_trivially_destructible_v<Fn>);

	const MemoryContext entry_cxt = CurrentMemoryContext;
	sigjmp_buf *const entry_stack = PG_exception_stack;
	ErrorContextCallback *const entry_callbacks = error_context_stack;
	pending_error pending;

	try
	{
		return fn();
	}
	catch (...)
	{
		pending = describe_current_exception(entry_cxt);
	}

	/* somebody threw through PG_TRY: a bug, but no reason to crash the cluster */
	Assert(PG_exception_stack == entry_stack);
	PG_exception_stack = entry_stack;
	error_context_stack = entry_callbacks;

	MemoryContextSwitchTo(entry_cxt);
	raise(pending);
}

} // namespace migsafe::pg

/*
 * Define an SQL-callable function:  MIGSAFE_FUNCTION(migsafe_version) { ... }
 * The body is C++: it sees fcinfo, and it may throw.
 */
#define MIGSAFE_FUNCTION(name) \
	static Datum name##_body(FunctionCallInfo fcinfo); \
	extern "C" { \
	extern PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(name); \
	Datum name(PG_FUNCTION_ARGS) \
	{ \
		return ::migsafe::pg::guard([fcinfo] { return name##_body(fcinfo); }); \
	} \
	} \
	static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
