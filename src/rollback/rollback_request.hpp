/*
 * rollback_request.hpp
 *		What is to be taken back, and whether it can be: asked by the rollback in
 *		one transaction and by that in batches alike.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "catalog/undo_count.hpp"
#include "rollback/rollback_terms.hpp"
#include "run/undo_log.hpp"
#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

enum class rollback_mode {
	write,
	dry_run /* find out what would be done, with all conflicts */
};

/*
 * 55000 unless the run stands, and there is something to take back: it has
 * committed, or it is an online run that has been stopped on its way; nor, unless
 * it is a dry run, may an online rollback of it be unfinished, but for one that is_stuck().
 * Of an online run that was stopped the lock is taken until the transaction ends, so that
 * nobody resumes it; 55006 if somebody has it.  40001 if the transaction's snapshot is older
 * than what the run did last.
 */
void require_standing(const catalog::run_record &run, rollback_mode mode);

/* 55000 if a rollback or a restore has taken the run back. */
void require_not_taken_back(const catalog::run_record &run);

/* The newest run of that name that can be taken back; 42704 if there is none, 55000 if one was taken back. */
catalog::run_record find_run_named(const std::string &name);

/* The table; 42P01 if it was dropped. */
Oid target_of(const catalog::run_record &run);

/* The columns that the transform sets which this rollback, or what it takes back, goes back to. */
std::vector<AttrNumber> columns_set_by(const target &t, const catalog::run_record &run);
/* Those of them that these terms want back. */
std::vector<AttrNumber> columns_taken_back(const target &t, const catalog::run_record &run,
										   const rollback_terms &terms);

inline constexpr auto nothing_changed = "Nothing was changed.";

/* XX001 unless these are the entries that the run has written; so_far: a sentence, what happened. */
void require_complete(const catalog::run_record &run, const catalog::undo_content &found,
					  const std::string &so_far = nothing_changed);

/* XX001: somebody altered the undo log; so_far as above. */
failure altered_since(const catalog::run_record &run, const std::string &detail,
					  const std::string &so_far);

/* The record of a rollback with this redo log; checks, and whether it is online, are left to the caller. */
catalog::run_record record_of_rollback(const target &t, const catalog::run_record &of, int64 run_id,
									   const undo_log &redo, const rollback_terms &terms);

/*
 * Where the entries of an undo log lie.  Once its run is over, nothing is added
 * to it, and an entry stays in its block until file changes, by VACUUM FULL say.
 */
struct undo_extent
{
	Oid relid, file;
	BlockNumber blocks;
};

/* As it is now; 55000 if there is none, or none any more. */
undo_extent find_undo_extent(const catalog::run_record &run);

/* What it holds, read whole. */
catalog::undo_content find_undo_content(const catalog::run_record &run);

} // namespace migsafe
