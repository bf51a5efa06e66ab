#include "schema/place.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"

namespace migsafe::schema {

place
place::below(std::string_view token) const
{
	return {uri, pointer + "/" + jsonb::escape_token(token)};
}

place
place::below(uint32_t index) const
{
	return {uri, pointer + "/" + std::to_string(index)};
}

std::string
place::text() const
{
	std::string text = pointer.empty() ? "the root" : jsonb::shortened(pointer, 1000);

	if (!uri.empty())
		text += " of " + std::string(uri);
	return text;
}

void
broken(const place &at, std::string_view keyword, const jsonb::value &found,
	   const std::string &what, const std::string &hint)
{
	throw failure(sqlstate("22023"),
				  "invalid JSON Schema: \"" + std::string(keyword) + "\" " + what)
		.detail("At " + at.below(keyword).text() + " stands " + jsonb::json_text(found) + ".")
		.hint(hint);
}

} // namespace migsafe::schema
