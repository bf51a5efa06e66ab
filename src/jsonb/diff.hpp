/*
 * diff.hpp
 *		From two documents to the patch that leads from one to the other.
 */
#pragma once

#include "jsonb/tree.hpp"

namespace migsafe::jsonb {

/*
 * An RFC 6902 patch (add, remove, replace, move) that makes of before, byte for
 * byte, after.  The item lives as long as the tree's memory and both documents.
 */
item diff(tree &memory, const value &before, const value &after);

} // namespace migsafe::jsonb
