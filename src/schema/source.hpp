/*
 * source.hpp
 *		Where a compiler finds the schemas that another one refers to.
 */
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migsafe::schema {

/* A document is what stands in a jsonb datum after its length word. */
class source
{
public:
	virtual ~source() = default;

	/* The document registered under this URI, which has no fragment. */
	[[nodiscard]] virtual std::optional<std::string> find(const std::string &uri) const = 0;
	/* What to do where find() has nothing. */
	[[nodiscard]] virtual std::string hint() const = 0;
	/* JSON text of the standard's as a document. */
	[[nodiscard]] virtual std::string parse(std::string_view json) const = 0;
};

} // namespace migsafe::schema
