/*
 * pointer.hpp
 *		JSON Pointer (RFC 6901), with a star for every member or element.
 *
 * Plain C++: known to no server header, tested outside a server.
 */
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migsafe::jsonb {

/* One reference token (RFC 6901, section 3), unescaped. */
struct pointer_token
{
	bool star = false; /* every member of an object, every element of an array */
	std::string name;

	bool operator==(const pointer_token &) const = default;
};

enum class stars { allowed, literal };

/* A parsed pointer, or what is wrong with the text. */
struct pointer
{
	std::vector<pointer_token> tokens;
	std::string error; /* empty if the text is a pointer */
};

/*
 * Parse a pointer.  ~0 is ~ and ~1 is / (RFC 6901, section 4).  With stars
 * allowed, * alone is a star, and ~2 stands for a literal *.
 */
pointer parse_pointer(std::string_view text, stars mode);

/*
 * The index that a token names in an array (RFC 6901, section 4: digits, no
 * leading zero), the greatest long for anything beyond; -1 if it names none.
 */
long array_index(std::string_view token) noexcept;

} // namespace migsafe::jsonb
