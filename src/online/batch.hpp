/*
 * batch.hpp
 *		One batch of an online run: what happens between two commits.
 */
#pragma once

#include "catalog/run_part.hpp"
#include "online/run_context.hpp"

namespace migsafe::online {

/* Which rows a batch takes. */
enum class rows_of {
	range,  /* the next ones of a part, by their keys */
	locked, /* those that were put off because others held them */
	fresh   /* those that were inserted behind the run */
};

struct batch_task
{
	const run_context &context;
	rows_of which;
	int64 size;          /* rows at most */
	int64 room;          /* for row errors, before there are more than the run may have */
	int64 lock_timeout;  /* milliseconds */
	int64 stop_at;       /* by pg::steady_time: no more rows are taken then, after the first */
	LockWaitPolicy wait; /* for rows that others hold; those not waited for are put off */
};

/*
 * Transform the next rows of a part, record them in the undo log, and bring the
 * part's numbers up to date; the caller stores those in the same transaction.
 * To be called inside a subtransaction.  Returns how many rows were dealt with.
 * ERRORs: what the target's state has against it (42P01 it was dropped, 42804 a
 * column was dropped, renamed or retyped, 55000 its key is another), missing
 * rights, and all that ends a run.
 */
int64 transform_batch(const batch_task &task, catalog::run_part &part);

} // namespace migsafe::online
