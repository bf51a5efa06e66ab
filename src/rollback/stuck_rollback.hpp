/*
 * stuck_rollback.hpp
 *		Rollbacks in batches that can go no further, whoever goes on with them.
 */
#pragma once

#include "catalog/run_record.hpp"

namespace migsafe {

/*
 * Is an unfinished rollback one?  Its undo log is gone, or has no place for a column that was
 * retyped or made anew since, or it is to give back a column that is lost.  Then another
 * rollback of the run may begin: it compares each row, and finds unchanged what this one has
 * taken back.
 */
bool is_stuck(const catalog::run_record &rollback);

/* 55000 if a rollback in batches of the run, or of one of its rollbacks and so on, is unfinished and not stuck. */
void require_no_other_rollback(int64 run_id);

} // namespace migsafe
