#pragma once

#include "online/control.hpp"
#include "pg/watch.hpp"

#include <optional>

namespace migsafe::online {

/*
 * While a batch is carried out: cancels it, with 57014, as soon as something
 * else is wanted of the run, its leader is gone, or the batch's time is over.  A new
 * pace may wait for the batch, but for half a second only.
 */
class poll
{
public:
	enum class reason { none, command, leader, deadline };

	/* milliseconds: the batch's time; nothing: as long as it takes */
	poll(const control &run, std::optional<int64> milliseconds);
	poll(const poll &) = delete;
	poll &operator=(const poll &) = delete;

	/* End it, and take back a cancel of its own that nobody has heeded. */
	void stop() noexcept { watch_.stop(); }

	/* Once a 57014 was caught; ends the poll.  None: it was the user. */
	[[nodiscard]] reason interrupted_by() noexcept;

private:
	const control &run_;
	const int64 deadline_;
	int looks_behind_ = 0;
	reason reason_ = reason::none;
	pg::watch watch_; /* the last member: it asks about the others */

	bool should_end() noexcept;
};

} // namespace migsafe::online
