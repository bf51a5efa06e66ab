/*
 * registered_schema.hpp
 *		The schemas that others refer to by URI.
 */
#pragma once

#include "schema/sql_program.hpp"

#include <optional>
#include <string>

namespace migsafe::registry {

/* The registered schemas, as the newest committed state and this transaction have them. */
class registered_schemas : public schema::no_registry
{
public:
	[[nodiscard]] std::optional<std::string> find(const std::string &uri) const override;
	[[nodiscard]] std::string hint() const override;
};

/* A number that changes when a schema is registered, replaced or removed, also by others; never 0. */
uint64_t generation();

} // namespace migsafe::registry
