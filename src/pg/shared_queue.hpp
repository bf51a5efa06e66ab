/*
 * shared_queue.hpp
 *		Messages from a session to a background worker that serves it, through
 *		dynamic shared memory.  Neither ever waits for the other here.
 *
 * The session uses the queue from time to time.  The worker may leave when it is
 * not in use: then no message can be on its way.
 */
#pragma once

#include "pg/call.hpp"

#include <memory>
#include <optional>
#include <string>

extern "C" {
#include "storage/dsm.h"
#include "storage/shm_mq.h"
}

namespace migsafe::pg {

struct queue_header;

/* The session's end.  It lives beyond transactions, until it is destroyed or the process ends. */
class queue_sender
{
public:
	/* With room for so many bytes on their way; nothing if there is no shared memory for it. */
	static std::unique_ptr<queue_sender> create(size_t bytes);
	/* Of a queue whose receiver has left, or was never started. */
	~queue_sender();
	queue_sender(const queue_sender &) = delete;
	queue_sender &operator=(const queue_sender &) = delete;

	/* What a receiver is constructed with. */
	[[nodiscard]] dsm_handle handle() const noexcept { return dsm_segment_handle(segment_); }

	/* Keep the receiver from leaving; false if it has left already. */
	[[nodiscard]] bool begin_use() noexcept;
	void end_use() noexcept;

	/* full: call again later, with the same message.  gone: there is nobody to receive it. */
	enum class result { sent, full, gone };
	[[nodiscard]] result send(const std::string &message) noexcept;

	/* Ask the receiver to handle at once what was sent. */
	void hurry() noexcept;
	/* How many messages have been handled so far. */
	[[nodiscard]] uint64 handled() const noexcept;

private:
	explicit queue_sender(dsm_segment *segment);

	dsm_segment *segment_;
	queue_header *header_;
	shm_mq_handle *queue_ = nullptr;

	void wake_receiver() noexcept;
};

/* The worker's end. */
class queue_receiver
{
public:
	/* Before anything else that the worker does; 55000 if the session's end is gone. */
	explicit queue_receiver(dsm_handle handle);
	queue_receiver(const queue_receiver &) = delete;
	queue_receiver &operator=(const queue_receiver &) = delete;

	/* The next message, if there is one. */
	[[nodiscard]] std::optional<std::string> receive();
	/* Has the session ended? Known after receive() has found nothing more. */
	[[nodiscard]] bool is_abandoned() const noexcept { return abandoned_; }
	/* So many more messages have been handled. */
	void add_handled(uint64 messages) noexcept;

	/* Counts the beginnings and ends of use by the session. */
	[[nodiscard]] uint64 uses() const noexcept;
	static bool is_in_use(uint64 uses) noexcept { return uses % 2 == 1; }
	/* Did the session ask for all that it sent to be handled at once? Once for each time. */
	[[nodiscard]] bool is_urgent() noexcept;

	/* Leave, if the queue is not in use and has not been since uses(). */
	[[nodiscard]] bool leave(uint64 uses) noexcept;

private:
	queue_header *header_ = nullptr;
	shm_mq_handle *queue_ = nullptr;
	bool abandoned_ = false;
};

} // namespace migsafe::pg
