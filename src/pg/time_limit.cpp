#include "pg/time_limit.hpp"

#include <csignal>

extern "C" {
#include "storage/latch.h"
#include "utils/timeout.h"
}

namespace migsafe::pg {
namespace {

volatile sig_atomic_t fired = false;

/* In a signal handler. */
void
cancel()
{
	if (QueryCancelPending)
		return; /* the user was first */
	fired = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

/* Server code.  A session has few of these: register it once. */
TimeoutId
timer()
{
	static bool registered = false;
	static TimeoutId id;

	if (!registered)
	{
		id = RegisterTimeout(USER_TIMEOUT, cancel);
		registered = true;
	}
	return id;
}

} // namespace

time_limit::time_limit(int milliseconds)
{
	fired = false;
	call([=] { enable_timeout_after(timer(), milliseconds); });
}

void
time_limit::disarm() noexcept
{
	if (!armed_)
		return;
	armed_ = false;
	disable_timeout(timer(), false);
	if (fired)
		QueryCancelPending = false;
}

bool
time_limit::has_cancelled() const noexcept
{
	return fired;
}

} // namespace migsafe::pg
