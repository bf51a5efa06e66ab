#include "online/rollback_batch.hpp"

#include "catalog/undo_count.hpp"
#include "pg/rights.hpp"
#include "pg/spi.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/rolling_back.hpp"
#include "table/seen_transactions.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <limits>

namespace migsafe::online {
namespace {

/* Where an online rollback is: what lies before this block is still to be taken back. */
struct position
{
	BlockNumber block;
	Oid file;                   /* that the block is of */
	std::optional<int64> again; /* how many rows were back already when it began once more */
};

key_text
to_key(const position &p)
{
	return {std::to_string(p.block), std::to_string(p.file),
			p.again ? std::to_string(*p.again) : ""};
}

position
to_position(const key_text &key)
{
	position p{static_cast<BlockNumber>(std::stoul(key.at(0))),
			   static_cast<Oid>(std::stoul(key.at(1))), std::nullopt};

	if (key.size() > 2 && !key.at(2).empty()) /* version 1.0.0 wrote two members */
		p.again = std::stoll(key.at(2));
	return p;
}

/* From the end of the undo log: all entries are met once more, but for those that have been taken back. */
position
begin_again(const catalog::run_record &of, int64 rollback_run_id, catalog::run_part &part)
{
	const std::string seen = seen_transactions();
	const undo_extent extent = find_undo_extent(of);
	catalog::part_counts taken_back;

	taken_back.seen = taken_back.written = part.counts.written;
	part.counts = taken_back;
	catalog::set_begun_again(rollback_run_id, seen);
	return {extent.blocks, extent.file, part.counts.written};
}

position
recorded_position(const catalog::run_part &part)
{
	return to_position(part.last_done ? *part.last_done : *part.last_key);
}

/* In a file that has been written anew entries lie elsewhere. */
position
position_of(const undo_extent &extent, const catalog::run_record &of, int64 rollback_run_id,
			catalog::run_part &part)
{
	const position p = recorded_position(part);

	return p.file == extent.file ? p : begin_again(of, rollback_run_id, part);
}

std::string
log_name(const catalog::run_record &run)
{
	return pg::qualified_name(*run.undo_schema, *run.undo_name);
}

/* Are there as many entries as there were, and none that is newer than this pg_snapshot? */
bool
lies_as_it_did(const catalog::run_record &of, const std::string &snapshot)
{
	const target t(target_of(of), "run_id", AccessShareLock);
	const pg::relation log = open_undo_log(of);

	require_same_owner(t, log.get());

	const pg::elevated rights(t.owner());
	pg::spi_session spi;

	return spi.scalar("SELECT count(*) = $1 AND NOT coalesce(bool_or(migsafe.is_newer(o.xmin, "
					  "$2::pg_snapshot)), false) FROM ONLY " +
						  log_name(of) + " o",
					  {pg::value::of(catalog::undo_count(of.run_id)), pg::value::text(snapshot)}) ==
		   "t";
}

double
entries_per_block(const undo_extent &extent, int64 entries)
{
	return std::max(1.0, static_cast<double>(entries) /
							 static_cast<double>(std::max(extent.blocks, 1U)));
}

/* How many blocks hold about so many entries. */
BlockNumber
blocks_for(int64 rows, double per_block)
{
	return static_cast<BlockNumber>(std::max(1.0, static_cast<double>(rows) / per_block));
}

} // namespace

void
plan_rollback(const catalog::run_record &of, int64 rollback_run_id)
{
	const std::string seen = seen_transactions();
	const undo_extent extent = find_undo_extent(of);
	const catalog::undo_content found = find_undo_content(of);

	require_complete(of, found);
	catalog::insert_parts(rollback_run_id, {},
						  extent.blocks > 0
							  ? std::optional(to_key({extent.blocks, extent.file, std::nullopt}))
							  : std::nullopt,
						  seen, static_cast<double>(found.entries));
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

	const pg::relation redo_rel = open_undo_log(task.context.run);

	require_same_owner(t, redo_rel.get()); /* SQL that runs as that owner may name it */

	const undo_extent extent = find_undo_extent(of);
	const int64 id = task.context.run.run_id;
	const position at = position_of(extent, of, id, part);
	const double per_block = entries_per_block(extent, catalog::undo_count(of.run_id));
	const BlockNumber blocks = blocks_for(task.size, per_block);
	const BlockNumber from = at.block > blocks ? at.block - blocks : 0;
	rolling_back work(t, of, terms,
					  undo_piece{{from, at.block}, id, at.again ? log_name(task.context.run) : ""});
	undo_log redo(t, task.context.run, work.source().key(), {part.counts.written + 1, 1});
	error_log left(t, work.source().key(), id, {part.counts.failed, 1, 1},
				   std::numeric_limits<int64>::max());

	left.say("was left as it is");
	work.write({redo, left, part.batches});

	const rollback_counts &counts = work.counts();

	part.counts +=
		{counts.rows, counts.written(), counts.conflicts, 0, counts.unchanged, counts.missing, 0};
	part.batches += std::max(work.batches(), 1);
	part.undo_hash += redo.finish();
	part.last_done = to_key({from, extent.file, at.again});
	part.done = from == 0;

	/* of a part few rows of many entries are taken back: what takes the time are the entries */
	return std::max(counts.rows, static_cast<int64>(per_block * (at.block - from)));
}

bool
begins_again(const catalog::run_record &of, int64 rollback_run_id)
{
	if (lies_as_it_did(of, catalog::find_online_run(rollback_run_id).began_in.value()))
		return false;
	require_complete(of, find_undo_content(of), "What was taken back stays so.");

	catalog::run_part part = catalog::find_part(rollback_run_id, 0);

	/* another time has found nothing more: a snapshot may have seen less than there was */
	if (recorded_position(part).again == part.counts.written)
		return false;
	part.last_done = to_key(begin_again(of, rollback_run_id, part));
	part.done = false;
	catalog::update(rollback_run_id, part, 0);
	return true;
}

} // namespace migsafe::online
