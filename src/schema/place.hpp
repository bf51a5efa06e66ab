/*
 * place.hpp
 *		Where in which schema something stands, and errors that say so.
 */
#pragma once

#include "jsonb/value.hpp"

#include <string>
#include <string_view>

namespace migsafe::schema {

struct place
{
	std::string_view uri; /* of the document, which outlives this; empty for a schema without one */
	std::string pointer;  /* within the document (RFC 6901) */

	[[nodiscard]] place below(std::string_view token) const;
	[[nodiscard]] place below(uint32_t index) const;
	/* For messages. */
	[[nodiscard]] std::string text() const;
};

/* 22023: what stands there is no schema; what continues the name of the keyword. */
[[noreturn]] void broken(const place &at, std::string_view keyword, const jsonb::value &found,
						 const std::string &what, const std::string &hint);

} // namespace migsafe::schema
