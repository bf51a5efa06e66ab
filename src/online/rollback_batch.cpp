#include "online/rollback_batch.hpp"

#include "catalog/undo_count.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/rolling_back.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <limits>

namespace migsafe::online {
namespace {

/* Where an online rollback is: what lies before this block is still to be taken back. */
struct position
{
	BlockNumber block;
	Oid file; /* that the block is of */
};

catalog::key_values
to_key(const position &p)
{
	return {std::to_string(p.block), std::to_string(p.file)};
}

position
to_position(const catalog::key_values &key)
{
	return {static_cast<BlockNumber>(std::stoul(key.at(0))),
			static_cast<Oid>(std::stoul(key.at(1)))};
}

/* In a file that has been written anew entries lie elsewhere: from its end again; rows that are back are left alone. */
position
position_of(const catalog::run_part &part, const undo_extent &extent)
{
	const position p = to_position(part.last_done ? *part.last_done : *part.last_key);

	return p.file == extent.file ? p : position{extent.blocks, extent.file};
}

/* How many blocks hold about so many entries. */
BlockNumber
blocks_for(int64 rows, const undo_extent &extent, int64 entries)
{
	const double per_block =
		static_cast<double>(entries) / static_cast<double>(std::max(extent.blocks, 1U));

	return static_cast<BlockNumber>(
		std::max(1.0, static_cast<double>(rows) / std::max(per_block, 1.0)));
}

} // namespace

void
plan_rollback(const catalog::run_record &of, int64 rollback_run_id)
{
	const undo_extent extent = find_undo_extent(of);
	const catalog::undo_content found = find_undo_content(of);

	require_complete(of, found);
	catalog::insert_parts(rollback_run_id, {},
						  extent.blocks > 0 ? std::optional(to_key({extent.blocks, extent.file}))
											: std::nullopt,
						  static_cast<double>(found.entries));
}

int64
rollback_batch(const batch_task &task, const catalog::run_record &of, catalog::run_part &part)
{
	const pg::local_settings patience(
		std::vector<pg::setting>{{"lock_timeout", std::to_string(task.lock_timeout)}});
	const target t(target_of(of), "run_id", AccessShareLock);

	const rollback_terms terms = terms_from_json(task.context.run.terms);

	t.require_readable();
	t.require_updatable(columns_taken_back(t, of, terms));
	t.require_writable_in_place(CMD_UPDATE);

	const session_guard guard(t);

	t.lock(RowExclusiveLock);

	const undo_extent extent = find_undo_extent(of);
	const position at = position_of(part, extent);
	const BlockNumber blocks = blocks_for(task.size, extent, catalog::undo_count(of.run_id));
	const BlockNumber from = at.block > blocks ? at.block - blocks : 0;
	rolling_back work(t, of, terms, undo_piece{{from, at.block}, task.context.run.run_id});
	undo_log redo(t, task.context.run, work.source().key(), {part.counts.written + 1, 1});
	error_log left(t, work.source().key(), task.context.run.run_id, {part.counts.failed, 1, 1},
				   std::numeric_limits<int64>::max());

	left.say("was left as it is");
	work.write({redo, left, part.batches});

	const rollback_counts &counts = work.counts();

	part.counts +=
		{counts.rows, counts.written(), counts.conflicts, 0, counts.unchanged, counts.missing, 0};
	part.batches += std::max(work.batches(), 1);
	part.undo_hash += redo.hash();
	part.last_done = to_key({from, extent.file});
	part.done = from == 0;
	return counts.rows;
}

} // namespace migsafe::online
