/*
 * form_check.hpp
 *		Is the value of a keyword what its metaschema wants?
 */
#pragma once

#include "schema/keyword.hpp"
#include "schema/place.hpp"

namespace migsafe::schema {

/* 22023, which names the keyword and its place, unless it is; at is the schema that the keyword stands in. */
void check_form(const keyword_definition &d, const jsonb::value &v, const dialect &terms,
				const place &at);

/* 22023 unless v is an object or, from draft 6 on, a boolean. */
void require_schema(const jsonb::value &v, const dialect &terms, const place &at);

/* The names of JSON Schema's types, in the order of their bits. */
constexpr std::string_view type_names[] = {"null",   "boolean", "object", "array",
										   "number", "string",  "integer"};

/* The place of a name among type_names, or -1. */
int type_number(std::string_view name);

} // namespace migsafe::schema
