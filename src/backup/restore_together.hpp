/*
 * restore_together.hpp
 *		What migsafe.restore and migsafe.restore_tables do: tables put back, all or nothing.
 */
#pragma once

#include "backup/restorable.hpp"
#include "backup/restore_request.hpp"

#include <vector>

namespace migsafe {

/* The columns of the result of migsafe.restore. */
using restore_result = std::vector<pg::value>;

/* Tables in the order in which they are to be locked; results come in the same order. */
std::vector<restore_result> restore_together(const std::vector<restorable_table> &tables,
											 const restore_request &request);

} // namespace migsafe
