/*
 * place.hpp
 *		Where in which schema something stands, and errors that say so.
 */
#pragma once

#include "jsonb/value.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace migsafe::schema {

/* Places share the steps to them: of a deep schema there is one for each level. */
class place
{
public:
	place() = default;
	/* The root of a document, whose URI outlives this; empty for a schema without one. */
	explicit place(std::string_view uri) : uri_(uri) {}

	[[nodiscard]] place below(std::string_view token) const;
	[[nodiscard]] place below(uint32_t index) const;

	/* Of the document. */
	[[nodiscard]] std::string_view uri() const { return uri_; }
	/* Within the document (RFC 6901). */
	[[nodiscard]] std::string pointer() const;
	/* For messages. */
	[[nodiscard]] std::string text() const;

private:
	struct step
	{
		step(std::shared_ptr<const step> from, std::string_view name)
			: outer(std::move(from)), token(name)
		{
		}
		~step();
		step(const step &) = delete;
		step &operator=(const step &) = delete;

		mutable std::shared_ptr<const step> outer;
		std::string token;
	};

	std::string_view uri_;
	std::shared_ptr<const step> last_;
};

/* 22023: what stands there is no schema; what continues the name of the keyword. */
[[noreturn]] void broken(const place &at, std::string_view keyword, const jsonb::value &found,
						 const std::string &what, const std::string &hint);

} // namespace migsafe::schema
