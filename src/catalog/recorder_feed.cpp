#include "catalog/recorder_feed.hpp"

#include "pg/steady_time.hpp"

extern "C" {
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace migsafe::catalog {
namespace {

constexpr size_t queue_bytes = size_t{64} * 1024;
constexpr size_t waiting_limit = size_t{8} * 1024 * 1024;
constexpr long poll_interval = 2; /* milliseconds */
constexpr int patience = 1000;    /* milliseconds without anything sent */

} // namespace

std::unique_ptr<recorder_feed>
recorder_feed::start()
{
	auto queue = pg::queue_sender::create(queue_bytes);

	if (!queue)
		return nullptr;

	const std::string database(reinterpret_cast<const char *>(&MyDatabaseId), sizeof(Oid));
	const auto worker = pg::background_worker::start("migsafe_recorder", "migsafe recorder",
													 UInt32GetDatum(queue->handle()), database);

	if (!worker)
		return nullptr;
	return std::unique_ptr<recorder_feed>(new recorder_feed(std::move(queue), *worker));
}

recorder_feed::recorder_feed(std::unique_ptr<pg::queue_sender> queue, pg::background_worker worker)
	: queue_(std::move(queue)), worker_(worker)
{
}

bool
recorder_feed::begin_use() noexcept
{
	return !gone_ && worker_.is_under_way() && queue_->begin_use();
}

void
recorder_feed::end_use() noexcept
{
	pump();
	waiting_.clear();
	errors_.clear();
	errors_bytes_ = 0;
	dropped_ = 0;
	latest_.clear();
	queue_->end_use();
}

void
recorder_feed::post(std::string message)
{
	waiting_.push_back(std::move(message));
	pump();
}

void
recorder_feed::post_error(std::string message)
{
	if (errors_bytes_ + message.size() <= waiting_limit)
	{
		errors_bytes_ += message.size();
		errors_.push_back(std::move(message));
	}
	else
		dropped_++;
	pump();
}

void
recorder_feed::post_latest(std::string message)
{
	latest_ = std::move(message);
	pump();
}

bool
recorder_feed::take_next() noexcept
{
	if (!waiting_.empty())
	{
		sending_ = std::move(waiting_.front());
		waiting_.pop_front();
	}
	else if (!errors_.empty())
	{
		sending_ = std::move(errors_.front());
		errors_.pop_front();
		errors_bytes_ -= sending_.size();
	}
	else
	{
		sending_ = std::move(latest_);
		latest_.clear();
	}
	return !sending_.empty();
}

/* Send what there is room for. */
void
recorder_feed::pump() noexcept
{
	while (!gone_ && (!sending_.empty() || take_next()))
	{
		const auto result = queue_->send(sending_);

		if (result == pg::queue_sender::result::full)
		{
			queue_->hurry();
			return;
		}
		gone_ = result == pg::queue_sender::result::gone;
		sending_.clear();
		sent_++;
	}
}

template <typename Done>
void
recorder_feed::wait(int timeout, Done done)
{
	const int64 started = pg::steady_time();
	int64 moved = started;
	uint64 sent = sent_;
	auto has_passed = [](int64 since, int milliseconds) {
		return pg::steady_time() - since >= milliseconds * int64{1000};
	};

	while (!gone_ && !done() && worker_.is_under_way() && !InterruptPending &&
		   !has_passed(started, timeout) && !has_passed(moved, patience))
	{
		pg::call([] {
			(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
							 poll_interval, PG_WAIT_EXTENSION);
			ResetLatch(MyLatch);
		});
		pump();
		if (sent != sent_)
		{
			sent = sent_;
			moved = pg::steady_time();
		}
	}
}

void
recorder_feed::flush(int timeout)
{
	pump();
	queue_->hurry();
	wait(timeout, [this] { return sending_.empty() && queue_->handled() >= sent_; });
}

void
recorder_feed::drain(int timeout)
{
	pump();
	wait(timeout, [this] { return sending_.empty() && errors_.empty(); });
}

} // namespace migsafe::catalog
