#include "jsonb/patch_cache.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

constexpr size_t most_patches = 32;
constexpr size_t largest_patch = size_t{16} * 1024;

} // namespace

std::shared_ptr<const patch>
parsed_patch(std::string_view document, dialect mode, std::string_view subject)
{
	static std::vector<std::shared_ptr<const patch>> used; /* the last one first */
	const auto found = std::find_if(
		used.begin(), used.end(), [&](const auto &p) { return p->is_of(document, mode, subject); });

	if (found != used.end())
	{
		std::rotate(used.begin(), found, found + 1);
		return used.front();
	}

	auto parsed = std::make_shared<const patch>(document, mode, subject);

	if (document.size() <= largest_patch)
	{
		if (used.size() == most_patches)
			used.pop_back();
		used.insert(used.begin(), parsed);
	}
	return parsed;
}

} // namespace migsafe::jsonb
