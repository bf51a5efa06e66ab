/*
 * deferred_row.hpp
 *		The catalog migsafe.deferred_row: rows that an online run has put off.
 */
#pragma once

#include "table/row_key.hpp"

#include <string>
#include <vector>

namespace migsafe::catalog {

void defer(int64 run_id, const key_text &key, const std::string &reason);
/* Some of them; those that were put off longest. */
std::vector<key_text> deferred_rows(int64 run_id, const std::string &reason, int64 limit);
int64 count_deferred(int64 run_id, const std::string &reason);
void forget_deferred(int64 run_id, const std::vector<key_text> &keys);

} // namespace migsafe::catalog
