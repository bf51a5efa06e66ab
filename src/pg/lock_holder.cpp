#include "pg/lock_holder.hpp"

#include <algorithm>
#include <vector>

namespace migsafe::pg {
namespace {

bool
is_held(const LockInstanceData &lock, lock_kind kind)
{
	const LOCKTAG &tag = lock.locktag;

	return lock.holdMask != 0 && tag.locktag_type == LOCKTAG_ADVISORY &&
		   tag.locktag_field1 == MyDatabaseId && tag.locktag_field4 == static_cast<uint16>(kind);
}

uint64
key_of(const LockInstanceData &lock)
{
	return static_cast<uint64>(lock.locktag.locktag_field2) << 32 | lock.locktag.locktag_field3;
}

/* " for run 49", " for runs 4 and 49": a rollback has the lock of what it takes back, too. */
std::string
list_of(std::vector<uint64> runs)
{
	std::string text;

	std::sort(runs.begin(), runs.end());
	for (size_t i = 0; i < runs.size(); i++)
	{
		if (i > 0)
			text += i + 1 < runs.size() ? ", " : " and ";
		text += std::to_string(runs[i]);
	}
	return runs.empty() ? "" : (runs.size() == 1 ? ", for run " : ", for runs ") + text;
}

} // namespace

std::string
holder_sentence(lock_kind kind, uint64 key)
{
	const LockData *const locks = call(GetLockStatusData);
	LockInstanceData *const end = locks->locks + locks->nelements;
	LockInstanceData *const held =
		std::find_if(locks->locks, end, [=](const LockInstanceData &lock) {
			return is_held(lock, kind) && key_of(lock) == key;
		});
	std::vector<uint64> runs;

	if (held == end || held->pid == MyProcPid)
		return "";
	if (held->pid == 0)
		return "It is held by a prepared transaction. ";
	for (LockInstanceData *lock = locks->locks; lock < end; lock++)
	{
		if (lock->pid == held->pid && is_held(*lock, lock_kind::run))
			runs.push_back(key_of(*lock));
	}
	return "It is held by process " + std::to_string(held->pid) + list_of(std::move(runs)) + ". ";
}

} // namespace migsafe::pg
