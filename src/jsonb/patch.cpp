#include "jsonb/patch.hpp"

#include "jsonb/apply.hpp"
#include "pg/failure.hpp"

namespace migsafe::jsonb {

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
	for (cursor elements(root); elements.next();)
		operations_.push_back(
			parse_operation(elements.current(), operations_.size() + 1, mode, subject_));
}

bool
patch::apply(tree &document, item &root) const
{
	bool changed = false;

	for (const operation &op : operations_)
	{
		document.process().check();
		changed |= apply_operation(op, subject_, document, root);
	}
	return changed;
}

} // namespace migsafe::jsonb
