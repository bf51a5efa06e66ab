#pragma once

#include "backup/restoration.hpp"

#include <memory>
#include <vector>

namespace migsafe {

/* A table that is being restored, and the meter of its run. */
struct metered_restoration
{
	restoration *table;
	catalog::run_meter *meter;
};

/*
 * Write what the plans of these tables say, all or nothing: in one subtransaction, at
 * the end of which the constraints of all of them are checked.  What a constraint says
 * against it becomes a failure with its SQLSTATE.
 */
void apply_together(const std::vector<metered_restoration> &tables);

} // namespace migsafe
