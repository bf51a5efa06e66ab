/*
 * operation.hpp
 *		One operation of a patch, parsed.
 */
#pragma once

#include "jsonb/scalar_type.hpp"
#include "jsonb/step.hpp"
#include "jsonb/value.hpp"

#include <optional>
#include <string>

namespace migsafe::jsonb {

/* strict: RFC 6902 and nothing else. */
enum class dialect { strict, extended };

enum class opcode { add, remove, replace, move, copy, test, rename, cast, assure, wrap, unwrap };

struct operation
{
	size_t number = 0; /* from 1 */
	opcode code{};
	dialect mode{};
	bool optional = false;
	steps path, from;
	size_t common = 0; /* steps at the beginning of both path and from of a move or copy */
	value operand;     /* of add, replace, test and default */
	std::string to;    /* the new key of rename */
	scalar_type type = scalar_type::none; /* that cast makes */
	std::optional<std::string> key;       /* of wrap and unwrap: in an object, else in an array */
	value source;                         /* the operation as it was given */
};

/* As the patch names it. */
const char *operation_name(opcode code);

/*
 * Parse one element of a patch; the operation points into it.  subject is what
 * messages call the patch, as in: argument "patch".  22023 for anything that is
 * no operation of the dialect.
 */
operation parse_operation(const value &element, size_t number, dialect mode,
						  const std::string &subject);

} // namespace migsafe::jsonb
