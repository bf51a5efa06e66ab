#include "online/free_parts.hpp"

#include "pg/session_lock.hpp"

namespace migsafe::online {
namespace {

uint64
part_lock_key(int64 run_id, int32 part)
{
	return (static_cast<uint64>(run_id) << 16) | static_cast<uint64>(part);
}

/* Carry out what is left of a part; its lock is held. */
void
walk_part(pg::procedure &procedure, batch_loop &loop, int64 run_id, int32 number)
{
	catalog::run_part part;

	procedure.run([&] { part = catalog::find_part(run_id, number); });
	while (!part.done)
		(void) loop.batch(part, rows_of::range);
}

} // namespace

bool
work_on_free_part(pg::procedure &procedure, batch_loop &loop, int64 run_id)
{
	std::vector<int32> parts;

	procedure.run([&] { parts = catalog::unfinished_parts(run_id); });
	for (int32 number : parts)
	{
		if (const auto lock =
				pg::session_lock::try_take(pg::lock_kind::part, part_lock_key(run_id, number)))
		{
			walk_part(procedure, loop, run_id, number);
			return true;
		}
	}
	return false;
}

void
work_on_parts(pg::procedure &procedure, int64 run_id, dsm_handle handle, int place)
{
	run_context context;
	std::vector<Oid> tables;
	std::optional<control> steering;

	procedure.run([&] {
		context = load_context(run_id);
		tables = tables_of(context.run);
		if (auto attached = control::attach(handle, run_id, place))
			steering.emplace(std::move(*attached));
	});
	if (!steering)
		return; /* the leader was quicker, or is gone */

	batch_loop loop(procedure, context, *steering, batch_loop::role::worker, tables,
					transform_batch);

	while (work_on_free_part(procedure, loop, run_id))
	{
	}
	steering->leave();
}

} // namespace migsafe::online
