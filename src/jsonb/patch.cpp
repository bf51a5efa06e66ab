#include "jsonb/patch.hpp"

#include "pg/failure.hpp"

namespace migsafe::jsonb {
namespace {

/* Recipes shall not take more memory than a patch deserves. */
constexpr size_t most_groups_with_recipes = 64;

} // namespace

patch::patch(std::string_view document, dialect mode, std::string_view subject)
	: bytes_(new char[document.size()]), size_(document.size()), mode_(mode), subject_(subject)
{
	memcpy(bytes_.get(), document.data(), size_);

	const value root = root_of(source());

	if (!root.is_array())
		throw failure(sqlstate("22023"), subject_ + " is no JSON Patch: it is no array")
			.detail("It is of type " + std::string(root.type_name()) + ".")
			.hint("A patch is an array of operations, as in [{\"op\": \"remove\", \"path\": "
				  "\"/a\"}].");

	size_t number = 0;

	for (cursor elements(root); elements.next();)
	{
		operation op = parse_operation(elements.current(), ++number, mode, subject_);

		if (groups_.empty() || !groups_.back().accepts(op))
			groups_.emplace_back(op, groups_.size() < most_groups_with_recipes);
		groups_.back().add(std::move(op));
	}
}

bool
patch::apply(tree &document, item &root) const
{
	bool changed = false;

	for (const operation_group &group : groups_)
		changed |= group.apply(subject_, document, root);
	return changed;
}

} // namespace migsafe::jsonb
