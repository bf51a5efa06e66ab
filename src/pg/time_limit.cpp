#include "pg/time_limit.hpp"

#include <csignal>

extern "C" {
#include "storage/latch.h"
#include "utils/timeout.h"
}

namespace migsafe::pg {
namespace {

volatile sig_atomic_t fired = false;
time_limit *innermost = nullptr;

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
	: outer_(innermost), end_(TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds))
{
	const TimestampTz first = outer_ && outer_->end_ < end_ ? outer_->end_ : end_;

	if (outer_ == nullptr)
		fired = false;
	call([=] { enable_timeout_at(timer(), first); });
	innermost = this;
}

/* A time around this one that is over, too, fires at once. */
void
time_limit::disarm() noexcept
{
	if (!armed_)
		return;
	armed_ = false;
	innermost = outer_;
	disable_timeout(timer(), false);
	cancelled_ = fired && GetCurrentTimestamp() >= end_;
	if (fired)
		QueryCancelPending = false;
	fired = false;
	if (outer_)
		enable_timeout_at(timer(), outer_->end_);
}

} // namespace migsafe::pg
