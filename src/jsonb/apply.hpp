/*
 * apply.hpp
 *		Carrying out one operation of a patch.
 */
#pragma once

#include "jsonb/walk.hpp"

#include <string>

namespace migsafe::jsonb {

/*
 * Carry out an operation at a place to which the first steps of its pointers
 * led; outer is what the stars among them stand for.  True if something may have
 * changed.  ERRORs are of class 22; they name the operation, what messages call
 * its patch (subject), and the pointer, with what its stars stood for.
 */
bool apply_operation(const operation &op, const std::string &subject, tree &document, item &place,
					 size_t first, const binding *outer);

} // namespace migsafe::jsonb
