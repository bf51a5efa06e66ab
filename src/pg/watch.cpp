#include "pg/watch.hpp"

#include "pg/user_timer.hpp"

#include <csignal>

extern "C" {
#include "storage/latch.h"
}

namespace migsafe::pg {
namespace {

constexpr int interval = 100; /* milliseconds */

/* The server sets QueryCancelPending to true, that is to 1: so a cancel of ours can be told apart. */
constexpr sig_atomic_t our_cancel = 2;

watch::question volatile asked = nullptr;
void *volatile asked_about;
volatile sig_atomic_t fired = false;

/* In a signal handler. */
void
ask()
{
	if (asked == nullptr || QueryCancelPending || !asked(asked_about))
		return; /* or a cancel is under way */
	fired = true;
	InterruptPending = true;
	QueryCancelPending = our_cancel;
	SetLatch(MyLatch);
}

} // namespace

watch::watch(question should_end, void *arg)
{
	fired = false;
	asked_about = arg;
	asked = should_end;
	armed_ = true;
	call([] {
		enable_timeout_every(user_timer<ask>(),
							 TimestampTzPlusMilliseconds(GetCurrentTimestamp(), interval),
							 interval);
	});
}

void
watch::stop() noexcept
{
	if (!armed_)
		return;
	armed_ = false;
	asked = nullptr;
	disable_timeout(user_timer<ask>(), false);

	const bool heeded = QueryCancelPending != our_cancel;

	if (!heeded)
		QueryCancelPending = false;
	cancelled_ = fired && heeded;
}

} // namespace migsafe::pg
