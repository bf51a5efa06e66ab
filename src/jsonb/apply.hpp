/*
 * apply.hpp
 *		Carrying out one operation of a patch.
 */
#pragma once

#include "jsonb/operation.hpp"
#include "jsonb/tree.hpp"

#include <string>

namespace migsafe::jsonb {

/*
 * Carry out an operation; true if something may have changed.  ERRORs are of
 * class 22; they name the operation, what messages call its patch (subject), and
 * the pointer, with what its stars stood for.
 */
bool apply_operation(const operation &op, const std::string &subject, tree &document, item &root);

} // namespace migsafe::jsonb
