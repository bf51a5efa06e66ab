/*
 * undo_filter.hpp
 *		The entries of an undo log that a rollback in part takes.
 */
#pragma once

#include "rollback/rollback_terms.hpp"
#include "rollback/undo_entry.hpp"

#include <string>
#include <vector>

namespace migsafe {

/*
 * The keys and batches of the terms as an SQL condition over entry o; empty if there are
 * none.  ERRORs: 0A000 keys for a table without a key, 22023 a key without one of
 * its columns, or with other members; that of a value which its column cannot have.
 */
std::string undo_filter(const target &t, const std::vector<undo_mapping> &mappings,
						const rollback_terms &terms);

/* The keys of the terms as a query for their columns, in the order of the mappings, once undo_filter() has accepted them. */
std::string keys_query(const std::vector<undo_mapping> &mappings, const std::string &keys);

} // namespace migsafe
