#include "schema/program_cache.hpp"

#include <algorithm>

namespace migsafe::schema {

std::shared_ptr<const program>
program_cache::find(std::string_view document, const terms_of_use &terms)
{
	const auto [begin, end] = by_document_.equal_range(document);
	const auto found =
		std::find_if(begin, end, [&](const auto &e) { return e.second->terms == terms; });

	if (found == end)
		return nullptr;
	used_.splice(used_.begin(), used_, found->second);
	return used_.front().compiled;
}

void
program_cache::add(const std::shared_ptr<const program> &compiled, const terms_of_use &terms)
{
	const std::string_view document = compiled->source();

	if (compiled->bytes > program_cache::largest_program)
		return;
	used_.push_front({compiled, terms});
	by_document_.emplace(document, used_.begin());
	bytes_ += compiled->bytes;
	while (used_.size() > most_programs || bytes_ > most_bytes)
		remove_last();
}

void
program_cache::remove_last()
{
	const auto last = std::prev(used_.end());
	const auto [begin, end] = by_document_.equal_range(last->compiled->source());

	bytes_ -= last->compiled->bytes;
	by_document_.erase(std::find_if(begin, end, [&](const auto &e) { return e.second == last; }));
	used_.erase(last);
}

} // namespace migsafe::schema
