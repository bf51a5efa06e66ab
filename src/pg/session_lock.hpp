#pragma once

#include "pg/lock.hpp"

#include <optional>
#include <utility>

namespace migsafe::pg {

/* A lock of our own that outlives transactions: until its object, or the session, ends. */
class session_lock
{
public:
	/* Never waits: nothing if another session has it. */
	static std::optional<session_lock> try_take(lock_kind kind, uint64 key)
	{
		const LOCKTAG tag = lock_tag(kind, key);

		if (!call([=] {
				return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
			}))
			return std::nullopt;
		return session_lock(tag);
	}
	session_lock(session_lock &&other) noexcept
		: tag_(other.tag_), held_(std::exchange(other.held_, false))
	{
	}
	session_lock &operator=(session_lock &&other) noexcept
	{
		std::swap(tag_, other.tag_);
		std::swap(held_, other.held_);
		return *this;
	}
	~session_lock()
	{
		/* code of users can release all advisory locks of the session */
		if (held_ && compat::holds_lock(&tag_, ExclusiveLock))
			LockRelease(&tag_, ExclusiveLock, true);
	}

	/* Take it again if somebody released it; false if another session was quicker. */
	[[nodiscard]] bool keep() const
	{
		return call([this] {
			return compat::holds_lock(&tag_, ExclusiveLock) ||
				   LockAcquire(&tag_, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
		});
	}

private:
	explicit session_lock(const LOCKTAG &tag) : tag_(tag) {}

	LOCKTAG tag_;
	bool held_ = true;
};

} // namespace migsafe::pg
