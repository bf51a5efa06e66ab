#include "schema/place.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"

#include <vector>

namespace migsafe::schema {

/* One after the other: to let the chain destroy itself would take as much stack as it is long. */
place::step::~step()
{
	while (outer && outer.use_count() == 1)
		outer = std::move(outer->outer);
}

place
place::below(std::string_view token) const
{
	place inner(uri_);

	inner.last_ = std::make_shared<const step>(last_, token);
	return inner;
}

place
place::below(uint32_t index) const
{
	return below(std::to_string(index));
}

std::string
place::pointer() const
{
	std::vector<const step *> steps;
	std::string text;

	for (const step *s = last_.get(); s != nullptr; s = s->outer.get())
		steps.push_back(s);
	for (; !steps.empty(); steps.pop_back())
		text += "/" + jsonb::escape_token(steps.back()->token);
	return text;
}

std::string
place::text() const
{
	std::string text = last_ ? jsonb::shortened(pointer(), 1000) : "the root";

	if (!uri_.empty())
		text += " of " + std::string(uri_);
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
