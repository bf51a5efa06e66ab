#pragma once

#include "table/target.hpp"

namespace migsafe {

/*
 * Tell the user of each sequence that is to give numbers to columns of these tables, and would
 * next come to one that is there already; if the caller may read it.
 */
void tell_of_behind_sequences(const std::vector<const target *> &tables);

} // namespace migsafe
