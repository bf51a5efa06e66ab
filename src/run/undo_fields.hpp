/*
 * undo_fields.hpp
 *		The columns of an undo log, and what they are in the target now.
 */
#pragma once

#include "catalog/run_record.hpp"

#include <string>
#include <vector>

namespace migsafe {

/* A column of the target as it was when the run began. */
struct undo_field
{
	AttrNumber number; /* its number then: that of key_<n>, old_<n>, and of its bit */
	std::string name, type;
	bool is_key;
};

std::vector<undo_field> undo_fields(const catalog::run_record &run);

/* The undo log's table; 55000 if there is none, or none any more. */
Oid undo_table(const catalog::run_record &run);

} // namespace migsafe
