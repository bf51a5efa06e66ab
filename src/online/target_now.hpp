#pragma once

#include "catalog/run_record.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe::online {

/* 42804 if a column was dropped, renamed or retyped since the run began.  New columns are none of its business. */
void require_columns_as_recorded(const target &t, const catalog::run_record &run);

/* The key that the run walks by, in its order; 55000 if it is another now. */
std::vector<AttrNumber> key_now(const target &t, const catalog::run_record &run,
								const std::vector<AttrNumber> &changing);

} // namespace migsafe::online
