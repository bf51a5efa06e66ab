/*
 * steady_time.hpp
 *		For how long, whatever becomes of the machine's clock; GetCurrentTimestamp()
 *		says when.
 */
#pragma once

#include "pg/api.hpp"

#include <ctime>

namespace migsafe::pg {

/* Microseconds since some moment, by a clock that nobody sets.  May be called in a signal handler. */
inline int64
steady_time() noexcept
{
	timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<int64>(now.tv_sec) * USECS_PER_SEC + now.tv_nsec / 1000;
}

} // namespace migsafe::pg
