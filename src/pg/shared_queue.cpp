#include "pg/shared_queue.hpp"

#include "pg/transaction.hpp"

extern "C" {
#include "port/atomics.h"
}

namespace migsafe::pg {

/* At the beginning of the segment; the queue follows. */
struct queue_header
{
	pg_atomic_uint64 uses; /* odd while the session uses the queue */
	pg_atomic_uint64 handled;
	pg_atomic_uint32 urgent;
	pg_atomic_uint32 attached; /* the receiver, so that the segment lives as long as it does */
};

namespace {

constexpr uint64 receiver_has_left = PG_UINT64_MAX;

queue_header *
header_of(dsm_segment *segment)
{
	return static_cast<queue_header *>(dsm_segment_address(segment));
}

shm_mq *
queue_of(dsm_segment *segment)
{
	return reinterpret_cast<shm_mq *>(static_cast<char *>(dsm_segment_address(segment)) +
									  MAXALIGN(sizeof(queue_header)));
}

/* Server code.  The handle outlives every transaction. */
shm_mq_handle *
attach(dsm_segment *segment)
{
	MemoryContext const saved = MemoryContextSwitchTo(TopMemoryContext);
	shm_mq_handle *const queue = shm_mq_attach(queue_of(segment), segment, nullptr);

	MemoryContextSwitchTo(saved);
	return queue;
}

} // namespace

std::unique_ptr<queue_sender>
queue_sender::create(size_t bytes)
{
	dsm_segment *segment = nullptr;
	const Size size = MAXALIGN(sizeof(queue_header)) + MAXALIGN(bytes);

	(void) if_resources_allow([&] {
		segment = call([=] {
			dsm_segment *const made = dsm_create(size, DSM_CREATE_NULL_IF_MAXSEGMENTS);

			if (made == nullptr)
				return made;
			dsm_pin_mapping(made);
			/* until the receiver has it, which may be after this session has gone */
			dsm_pin_segment(made);
			return made;
		});
	});
	return segment ? std::unique_ptr<queue_sender>(new queue_sender(segment)) : nullptr;
}

queue_sender::queue_sender(dsm_segment *segment) : segment_(segment), header_(header_of(segment))
{
	pg_atomic_init_u64(&header_->uses, 0);
	pg_atomic_init_u64(&header_->handled, 0);
	pg_atomic_init_u32(&header_->urgent, 0);
	pg_atomic_init_u32(&header_->attached, 0);
	queue_ = call([=] {
		shm_mq *const queue = shm_mq_create(queue_of(segment), dsm_segment_map_length(segment) -
																   MAXALIGN(sizeof(queue_header)));

		shm_mq_set_sender(queue, MyProc);
		return attach(segment);
	});
}

queue_sender::~queue_sender()
{
	if (pg_atomic_exchange_u32(&header_->attached, 1) == 0)
		dsm_unpin_segment(dsm_segment_handle(segment_));
	shm_mq_detach(queue_);
	dsm_detach(segment_);
}

bool
queue_sender::begin_use() noexcept
{
	uint64 uses = pg_atomic_read_u64(&header_->uses);

	while (uses != receiver_has_left)
	{
		if (pg_atomic_compare_exchange_u64(&header_->uses, &uses, uses + 1))
			return true;
	}
	return false;
}

void
queue_sender::end_use() noexcept
{
	(void) pg_atomic_fetch_add_u64(&header_->uses, 1);
	wake_receiver();
}

queue_sender::result
queue_sender::send(const std::string &message) noexcept
{
	/* reports no errors for messages of a possible size */
	switch (shm_mq_send(queue_, message.size(), message.data(), true, true))
	{
		case SHM_MQ_SUCCESS:
			return result::sent;
		case SHM_MQ_WOULD_BLOCK:
			return result::full;
		case SHM_MQ_DETACHED:
			break;
	}
	return result::gone;
}

void
queue_sender::hurry() noexcept
{
	pg_atomic_write_u32(&header_->urgent, 1);
	wake_receiver();
}

uint64
queue_sender::handled() const noexcept
{
	return pg_atomic_read_u64(&header_->handled);
}

void
queue_sender::wake_receiver() noexcept
{
	/* if it is another process's by now, that is woken up for nothing */
	if (PGPROC *const receiver = shm_mq_get_receiver(shm_mq_get_queue(queue_)))
		SetLatch(&receiver->procLatch);
}

queue_receiver::queue_receiver(dsm_handle handle)
{
	dsm_segment *const segment = call([=] { return dsm_attach(handle); });

	if (segment == nullptr)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "the session that started this worker has gone");
	header_ = header_of(segment);
	queue_ = call([=] {
		dsm_pin_mapping(segment);
		shm_mq_set_receiver(queue_of(segment), MyProc);
		return attach(segment);
	});
	if (pg_atomic_exchange_u32(&header_->attached, 1) == 0)
		call([=] { dsm_unpin_segment(handle); });
}

std::optional<std::string>
queue_receiver::receive()
{
	void *data = nullptr;
	Size size = 0;
	const shm_mq_result result = call([&] { return shm_mq_receive(queue_, &size, &data, true); });

	abandoned_ = result == SHM_MQ_DETACHED;
	if (result != SHM_MQ_SUCCESS)
		return std::nullopt;
	return std::string(static_cast<const char *>(data), size);
}

void
queue_receiver::add_handled(uint64 messages) noexcept
{
	(void) pg_atomic_fetch_add_u64(&header_->handled, static_cast<int64>(messages));
}

uint64
queue_receiver::uses() const noexcept
{
	return pg_atomic_read_u64(&header_->uses);
}

bool
queue_receiver::is_urgent() noexcept
{
	return pg_atomic_exchange_u32(&header_->urgent, 0) == 1;
}

bool
queue_receiver::leave(uint64 uses) noexcept
{
	return !is_in_use(uses) &&
		   pg_atomic_compare_exchange_u64(&header_->uses, &uses, receiver_has_left);
}

} // namespace migsafe::pg
