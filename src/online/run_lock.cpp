#include "online/run_lock.hpp"

#include "pg/lock_holder.hpp"

namespace migsafe::online {

failure
is_under_way(int64 run_id)
{
	return failure(ERRCODE_OBJECT_IN_USE,
				   "run " + std::to_string(run_id) + " is under way in another session")
		.detail(pg::holder_sentence(pg::lock_kind::run, static_cast<uint64>(run_id)) +
				"One session at a time carries out a run, or takes it back.")
		.hint("It is shown by migsafe.progress. If it is paused: SELECT migsafe.resume(" +
			  std::to_string(run_id) + ").");
}

pg::session_lock
hold_run(int64 run_id)
{
	auto lock = pg::session_lock::try_take(pg::lock_kind::run, static_cast<uint64>(run_id));

	if (!lock)
		throw is_under_way(run_id);
	return std::move(*lock);
}

} // namespace migsafe::online
