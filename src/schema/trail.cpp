#include "schema/trail.hpp"

#include "jsonb/text.hpp"

#include <vector>

namespace migsafe::schema {

std::string
trail<true>::pointer() const
{
	std::vector<const trail *> steps;
	std::string text;

	for (const trail *t = this; t->outer_ != nullptr; t = t->outer_)
		steps.push_back(t);
	for (; !steps.empty(); steps.pop_back())
	{
		const trail &t = *steps.back();

		text += "/" + (t.by_index_ ? std::to_string(t.index_) : jsonb::escape_token(t.token_));
	}
	return text;
}

} // namespace migsafe::schema
