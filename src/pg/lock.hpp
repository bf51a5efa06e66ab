#pragma once

#include "pg/call.hpp"

namespace migsafe::pg {

/*
 * Locks of our own, beside the advisory locks that users take: the fourth
 * field of the lock tag, objsubid in pg_locks, is 1 or 2 for theirs.
 */
enum class lock_kind : uint16 {
	target = 27905, /* key: oid of a table that a run writes */
	run = 27906,    /* key: run_id; held while the run's transaction lives */
	name = 27907,   /* key: hash of a run's name, or of a backup table's */
	part = 27908,   /* key: run_id and part of an online run; held by who carries it out */
	worker = 27909, /* key: run_id; held by the background worker that is to carry it out */
};

inline LOCKTAG
lock_tag(lock_kind kind, uint64 key)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(key >> 32),
						 static_cast<uint32>(key), static_cast<uint16>(kind));
	return tag;
}

/* Take the lock until the transaction ends; false if another session has it. */
inline bool
try_lock(lock_kind kind, uint64 key)
{
	return call([=] {
		const LOCKTAG tag = lock_tag(kind, key);

		return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
	});
}

} // namespace migsafe::pg
