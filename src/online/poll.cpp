#include "online/poll.hpp"

#include "online/control_block.hpp"
#include "pg/steady_time.hpp"

namespace migsafe::online {
namespace {

constexpr int patience = 5; /* looks, that is half a second */

} // namespace

poll::poll(const control &run, std::optional<int64> milliseconds)
	: run_(run), deadline_(milliseconds ? pg::steady_time() + *milliseconds * 1000 : PG_INT64_MAX),
	  watch_([](void *self) { return static_cast<poll *>(self)->should_end(); }, this)
{
}

/* In a signal handler: nothing but reading memory and the clock. */
bool
poll::should_end() noexcept
{
	if (run_.leader_gone())
		reason_ = reason::leader;
	else if (command_of(read_word(run_.block().wanted)) != command::run ||
			 (run_.is_behind() && ++looks_behind_ > patience))
		reason_ = reason::command;
	else if (pg::steady_time() >= deadline_)
		reason_ = reason::deadline;
	return reason_ != reason::none;
}

poll::reason
poll::interrupted_by() noexcept
{
	stop();
	return watch_.has_cancelled() ? reason_ : reason::none;
}

} // namespace migsafe::online
