/*
 * background_worker.hpp
 *		Dynamic background workers of this module: no shared_preload_libraries is
 *		needed for them.
 */
#pragma once

#include "pg/call.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace migsafe::pg {

/* One that was asked for.  It goes on by itself when this object dies. */
class background_worker
{
public:
	/*
	 * Ask the postmaster for a process that runs function(argument), an exported
	 * C function of this module, named name in pg_stat_activity.  It finds extra
	 * (BGW_EXTRALEN bytes at most) in MyBgworkerEntry->bgw_extra, and this
	 * process is told when it starts and stops.  Nothing if there is no free slot.
	 */
	static std::optional<background_worker> start(const char *function, const std::string &name,
												  Datum argument, const std::string &extra);

	/* Has it not ended yet?  True before it has begun. */
	[[nodiscard]] bool is_under_way() const;

	/* Ask it to end, as pg_terminate_backend would. */
	void terminate() const noexcept;

private:
	explicit background_worker(BackgroundWorkerHandle *handle) : handle_(handle) {}

	BackgroundWorkerHandle *handle_; /* of TopMemoryContext, a few bytes */
};

/* Is this process a background worker of this module that runs that function? */
bool is_background_worker(const char *function);

/*
 * For a process's main function: what every worker does first.  Connect to the
 * database as role, which must be permitted to log in; with InvalidOid as the
 * bootstrap superuser.  Signals then work as in a session.
 */
void begin_background_worker(Oid database, Oid role);

/* Settings of such a process, which hold from now on. */
void set_for_process(std::initializer_list<std::pair<const char *, const char *>> settings);

/* Sleep until the process's latch is set, so many milliseconds at most; -1: without end. */
void wait_to_be_woken(long timeout);

/* Sleep for so many milliseconds; who sets the latch meanwhile sends no signal. */
void sleep(long time);

} // namespace migsafe::pg

/*
 * Define the main function of a background worker:  MIGSAFE_WORKER(migsafe_recorder) { ... }
 * The body is C++ and sees Datum argument; an exception ends the process with an ERROR in the log.
 */
#define MIGSAFE_WORKER(name) \
	static void name##_body(Datum argument); \
	extern "C" { \
	extern PGDLLEXPORT void name(Datum argument); \
	void name(Datum argument) \
	{ \
		::migsafe::pg::guard([argument] { name##_body(argument); }); \
	} \
	} \
	static void name##_body([[maybe_unused]] Datum argument)
