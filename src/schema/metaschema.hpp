/*
 * metaschema.hpp
 *		The metaschemas that the extension brings along: what it asks of a schema
 *		is the standard's, and nothing is ever fetched.
 */
#pragma once

#include <string_view>

namespace migsafe::schema {

/*
 * The JSON text of a metaschema of the standard, by its URI without fragment; empty if it is none.
 * They are those of drafts 4, 6 and 7, and of 2019-09 and 2020-12 with the metaschema of each
 * vocabulary (JSON Schema Core 2020-12, section 8.1), in full but for titles, descriptions, comments
 * and defaults.
 */
std::string_view metaschema(std::string_view uri) noexcept;

} // namespace migsafe::schema
