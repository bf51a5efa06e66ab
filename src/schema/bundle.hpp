/*
 * bundle.hpp
 *		A schema together with those that it refers to (2020-12 core, section 9.3).
 */
#pragma once

#include "jsonb/tree.hpp"
#include "schema/program.hpp"

namespace migsafe::schema {

/*
 * Make of root, which is the document that was compiled, one that stands alone:
 * each schema that came from the source is among its definitions, under its
 * identifier.  True if that changed it.
 */
bool bundle(const program &compiled, jsonb::tree &document, jsonb::item &root);

} // namespace migsafe::schema
