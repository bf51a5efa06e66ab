#pragma once

#include "catalog/run_record.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe::online {

/* The columns, by their numbers, that the target had when the run began, and has no more. */
std::vector<AttrNumber> dropped_columns(const target &t, const catalog::run_record &run);

/*
 * 42804 if a column was renamed or retyped since the run began, or dropped and is not
 * among those known to be.  New columns are none of its business.
 */
void require_columns_as_recorded(const target &t, const catalog::run_record &run,
								 const std::vector<AttrNumber> &known_dropped);

/* The key that the run walks by, in its order; 55000 if it is another now. */
std::vector<AttrNumber> key_now(const target &t, const catalog::run_record &run,
								const std::vector<AttrNumber> &changing);

} // namespace migsafe::online
