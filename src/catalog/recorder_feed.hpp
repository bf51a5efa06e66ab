/*
 * recorder_feed.hpp
 *		A session's way to its recorder: what the queue has no room for now waits
 *		here, up to a limit.
 */
#pragma once

#include "pg/background_worker.hpp"
#include "pg/shared_queue.hpp"

#include <deque>
#include <memory>
#include <string>

namespace migsafe::catalog {

class recorder_feed
{
public:
	/* Start a recorder; nothing if there is no worker or no memory for one. */
	static std::unique_ptr<recorder_feed> start();

	/* For a transaction; false if the recorder has left. */
	[[nodiscard]] bool begin_use() noexcept;
	void end_use() noexcept;

	/* What is posted so goes before row errors that wait. */
	void post(std::string message);
	/* A row error; beyond a limit it is dropped. */
	void post_error(std::string message);
	/* It takes the place of one that was posted so and not sent. */
	void post_latest(std::string message);

	/* Have what was posted committed at once. */
	void hurry() noexcept { queue_->hurry(); }

	/*
	 * The same, and wait until the recorder has committed all: as long as it gets on,
	 * but so many milliseconds at most.
	 */
	void flush(int timeout);
	/* Wait likewise until all is sent; does not wait at all if there was room for it. */
	void drain(int timeout);
	/* How many row errors of this transaction were dropped, or still wait. */
	[[nodiscard]] int64 unrecorded() const noexcept
	{
		return dropped_ + static_cast<int64>(errors_.size());
	}

private:
	recorder_feed(std::unique_ptr<pg::queue_sender> queue, pg::background_worker worker);

	std::unique_ptr<pg::queue_sender> queue_;
	pg::background_worker worker_;
	std::string sending_; /* must be sent to its end before another */
	std::deque<std::string> waiting_, errors_;
	size_t errors_bytes_ = 0;
	int64 dropped_ = 0;
	std::string latest_;
	uint64 sent_ = 0;
	bool gone_ = false;

	template <typename Done>
	void wait(int timeout, Done done);
	bool take_next() noexcept;
	void pump() noexcept;
};

} // namespace migsafe::catalog
