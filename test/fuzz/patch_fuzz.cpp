/*
 * patch_fuzz.cpp
 *		Documents and patches of a fuzzer's choice: what comes out is sound, and by the RFC where it applies.
 */
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/generator.hpp"
#include "support/patches.hpp"
#include "support/text.hpp"
#include "survival.hpp"

#include <optional>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

/* Several documents, each by a patch that is new, and by one that knows the others. */
void
try_extended(const json &model, choices &choose)
{
	engine tested(fuzzing_limits), other(fuzzing_limits);
	const std::string bytes = build(any_extended_patch(model, choose));
	std::optional<jsonb::patch> patch;

	survive("parsing", true, [&] {
		patch.emplace(bytes, jsonb::dialect::extended, "the patch");
		return build(model);
	});
	if (!patch)
		return;
	for (uint32_t i = choose.below(5); i < 5; i++)
	{
		json variation = i == 4 ? model : alike(model, choose);

		if (choose.one_in(3))
			disturb(variation, choose);

		const std::string document = build(variation);
		std::string again, anew;

		const int first =
			survive("patch", true, [&] { return again = tested.patch(document, *patch); });
		const int second = survive("new patch", true, [&] {
			return anew = other.patch(document, bytes, jsonb::dialect::extended);
		});

		if (is_limit(first) || is_limit(second))
			return;
		if (first != second || again != anew)
			give_up("patch", "it remembers another document");
	}
	if (tested.process().outstanding() != 0)
		give_up("memory", "not all was released");
}

void
try_strict(const json &model, choices &choose)
{
	engine tested;
	const patch_case generated = any_patch(model, choose);

	survive("patch", true, [&] {
		const std::string patched = tested.patch(build(model), build(generated.patch));

		if (!generated.expected || build(*generated.expected) != patched)
			give_up("patch", "it gave another document than the reference");
		return patched;
	});
}

void
try_others(const json &model, choices &choose)
{
	engine tested;
	json other = model;

	disturb(other, choose);

	const std::string before = build(model), after = build(other);

	survive("diff", true, [&] {
		const std::string patched = tested.patch(before, tested.diff(before, after));

		if (patched != after)
			give_up("diff", "it does not lead to the other document");
		return patched;
	});
	survive("merge patch", true, [&] { return tested.merge_patch(before, after); });
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	choices choose(std::string_view(reinterpret_cast<const char *>(data), size));
	const uint32_t kind = choose.below(4);
	const json model = any_document(choose);

	if (kind < 2)
		try_extended(model, choose);
	else if (kind == 2)
		try_strict(model, choose);
	else
		try_others(model, choose);
	return 0;
}
