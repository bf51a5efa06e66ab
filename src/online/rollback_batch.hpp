#pragma once

#include "online/batch.hpp"

namespace migsafe::online {

/*
 * Take back the entries of the next blocks of the undo log, from its end to its
 * beginning, and bring the part's numbers up to date; as transform_batch.  of: the
 * run that is taken back.  ERRORs: 55000 there are conflicts with later changes,
 * and those of migsafe.rollback().
 */
int64 rollback_batch(const batch_task &task, const catalog::run_record &of,
					 catalog::run_part &part);

/*
 * The one part of such a run: all blocks of the undo log.  XX001 unless that is
 * complete.
 */
void plan_rollback(const catalog::run_record &of, int64 rollback_run_id);

/*
 * When all blocks are done: has somebody written entries anew meanwhile?  They may have got
 * out of its way, so it begins again, past what it has taken back.  XX001 if the undo
 * log is not complete.
 */
bool begins_again(const catalog::run_record &of, int64 rollback_run_id);

} // namespace migsafe::online
