#include "pg/time_limit.hpp"

#include "pg/user_timer.hpp"

#include <csignal>

extern "C" {
#include "storage/latch.h"
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

} // namespace

time_limit::time_limit(int milliseconds)
	: outer_(innermost), end_(TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds))
{
	const TimestampTz first = outer_ && outer_->end_ < end_ ? outer_->end_ : end_;

	if (outer_ == nullptr)
		fired = false;
	call([=] { enable_timeout_at(user_timer<cancel>(), first); });
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
	disable_timeout(user_timer<cancel>(), false);
	cancelled_ = fired && GetCurrentTimestamp() >= end_;
	if (fired)
		QueryCancelPending = false;
	fired = false;
	if (outer_)
		enable_timeout_at(user_timer<cancel>(), outer_->end_);
}

} // namespace migsafe::pg
