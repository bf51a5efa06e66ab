/*
 * merge_patch.hpp
 *		JSON Merge Patch (RFC 7396).
 */
#pragma once

#include "jsonb/tree.hpp"

namespace migsafe::jsonb {

/*
 * Apply a merge patch (RFC 7396, section 2) to the root; true if something
 * changed.  What is put in lies where patch lies.  XX001 for damaged values.
 */
bool merge_patch(tree &document, item &root, const value &patch);

} // namespace migsafe::jsonb
