#include "jsonb/recipe_book.hpp"

#include <algorithm>

namespace migsafe::jsonb {

void
recipe_book::begin_document()
{
	if (missed_ < patience_)
		return;
	if (found_ < missed_)
	{
		recipes_.clear();
		patience_ = std::min(patience_ * 2, size_t{1} << 20);
	}
	found_ = missed_ = last_ = 0;
}

const recipe::fitted *
recipe_book::find(const value &v, arena &memory, const host &process)
{
	for (size_t tried = 0; tried < recipes_.size(); tried++)
	{
		const size_t i = (last_ + tried) % recipes_.size();

		if (recipes_[i] == nullptr)
			continue;
		if (const recipe::fitted *const match = recipes_[i]->fit(v, memory, process))
		{
			last_ = i;
			found_++;
			return match;
		}
	}
	missed_++;
	return nullptr;
}

void
recipe_book::add(std::optional<recipe> made)
{
	/* no recipe takes its place, too: what is too large once is so again */
	recipes_.push_back(made ? std::make_unique<recipe>(std::move(*made)) : nullptr);
}

} // namespace migsafe::jsonb
