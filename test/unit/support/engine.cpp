#include "support/engine.hpp"

#include "jsonb/diff.hpp"
#include "jsonb/merge.hpp"
#include "jsonb/merge_patch.hpp"
#include "jsonb/writer.hpp"

#include <stdexcept>

namespace migsafe::test_bed {

using namespace jsonb;

std::string
engine::written(const item &root, size_t expected)
{
	const datum result = write_document(root, expected, host_);
	std::string bytes(result.bytes + sizeof(uint32_t), result.size - sizeof(uint32_t));

	host_.release(result.bytes);
	return bytes;
}

std::string
engine::patch(std::string_view document, std::string_view patch, dialect mode)
{
	return this->patch(document, jsonb::patch(patch, mode, "the patch"));
}

std::string
engine::patch(std::string_view document, const jsonb::patch &parsed)
{
	memory_.reset();

	tree nodes(memory_, host_);
	item root(root_of(document));
	const bool changed = parsed.apply(nodes, root);
	std::string result = written(root, document.size());

	if (!changed && result != document)
		throw std::logic_error("a patch changed a document, and said that it did not");
	return result;
}

std::string
engine::merge_patch(std::string_view document, std::string_view patch)
{
	memory_.reset();

	tree nodes(memory_, host_);
	item root(root_of(document));
	const bool changed = jsonb::merge_patch(nodes, root, root_of(patch));
	std::string result = written(root, document.size());

	if (changed == (result == document))
		throw std::logic_error("a merge patch is wrong about whether it changed the document");
	return result;
}

std::string
engine::diff(std::string_view before, std::string_view after)
{
	memory_.reset();

	tree nodes(memory_, host_);

	return written(jsonb::diff(nodes, root_of(before), root_of(after)), 0);
}

engine::merged
engine::merge(optional_document base, optional_document mine, optional_document theirs)
{
	const auto root = [](const optional_document &document) {
		return document ? std::optional(root_of(*document)) : std::nullopt;
	};

	memory_.reset();

	tree nodes(memory_, host_);
	merge_result result = jsonb::merge(nodes, root(base), root(mine), root(theirs));

	return {result.merged ? std::optional(written(*result.merged, 0)) : std::nullopt,
			std::move(result.conflicts)};
}

std::string
engine::rewrite(std::string_view document)
{
	memory_.reset();

	tree nodes(memory_, host_);
	item root(root_of(document));

	open_all(nodes, root);
	return written(root, 0);
}

void
engine::open_all(tree &document, item &it)
{
	node *const opened = document.open(it);

	if (opened == nullptr)
		return;
	opened->changed = true;
	for (uint32_t i = 0; i < opened->count; i++)
		open_all(document, opened->items[i]);
}

} // namespace migsafe::test_bed
