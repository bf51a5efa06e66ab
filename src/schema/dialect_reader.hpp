/*
 * dialect_reader.hpp
 *		What a $schema says about a schema (2020-12 core, section 8.1).
 */
#pragma once

#include "schema/draft.hpp"
#include "schema/place.hpp"

#include <functional>
#include <optional>
#include <string>

namespace migsafe::schema {

/* The root of the metaschema of a URI, if there is one. */
using metaschema_finder = std::function<std::optional<jsonb::value>(const std::string &uri)>;

/*
 * The dialect that the value of a $schema names: a draft's own, or what the
 * $vocabulary of another metaschema leaves of it.  22023 if it is unknown, or
 * needs an unknown vocabulary; at is the schema that it stands in.
 */
dialect read_dialect(const jsonb::value &name, const place &at, const metaschema_finder &find);

} // namespace migsafe::schema
