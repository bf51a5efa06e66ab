/*
 * rows_to_visit.hpp
 *		Which rows an online run of a transform goes through: by the plan, and those that
 *		came behind it.  To be called in a transaction.
 */
#pragma once

#include "online/run_context.hpp"

namespace migsafe::online {

/* Record up to where the run goes, and into which parts that is divided. */
void plan_transform(const run_context &context);

/*
 * Rows that came behind the run while it went on: inserted, or changed after it
 * had left them alone.  How many; with sweep they are recorded as put off.
 */
int64 find_fresh_rows(const run_context &context);

} // namespace migsafe::online
