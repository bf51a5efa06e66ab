/*
 * text.hpp
 *		JSON text of values, for messages.
 */
#pragma once

#include "jsonb/value.hpp"

#include <string>

namespace migsafe::jsonb {

/* The value as JSON, cut after about limit bytes (and at 20 levels), with ... where something is missing. */
std::string json_text(const value &v, size_t limit = 200);

/* About the first limit bytes of a text, and ... if there are more. */
std::string shortened(std::string_view text, size_t limit);

/* A token as it stands in a JSON Pointer (RFC 6901, section 3). */
std::string escape_token(std::string_view token);

} // namespace migsafe::jsonb
