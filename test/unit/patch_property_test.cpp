/*
 * patch_property_test.cpp
 *		What has to hold of any patches, on random ones; see property_test.cpp.
 */
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/generator.hpp"
#include "support/patches.hpp"
#include "support/rounds.hpp"
#include "support/stepwise.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;
using jsonb::dialect;

namespace {

TEST(patch_property, diff_leads_from_one_to_the_other)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json a = any_document(choose), b = other_document(a, choose);
		const std::string before = build(a), after = build(b);
		const std::string patch = tested.diff(before, after);
		const std::string inputs =
			"from " + text_of(a) + "\nto   " + text_of(b) + "\nby   " + shown(patch) + "\n";

		expect_sound(patch);
		EXPECT_EQ(patch == build(json::array()), before == after) << inputs;
		for (dialect mode : {dialect::strict, dialect::extended})
		{
			const auto patched = outcome([&] { return tested.patch(before, patch, mode); });

			EXPECT_TRUE(patched == after) << inputs << "gave " << shown(patched);
		}
	});
}

TEST(patch_property, patch_agrees_with_the_reference)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose);
		const patch_case generated = any_patch(model, choose);
		const std::string document = build(model), patch = build(generated.patch);
		const auto expected =
			generated.expected ? std::optional(build(*generated.expected)) : std::nullopt;
		const std::string inputs =
			"document " + text_of(model) + "\npatch    " + text_of(generated.patch) + "\n";
		const auto strict = outcome([&] { return tested.patch(document, patch); });

		EXPECT_TRUE(strict == expected)
			<< inputs << "gave     " << shown(strict) << "\nnot      " << shown(expected);
		if (strict)
			expect_sound(*strict);
		if (inputs.find("~2") != std::string::npos || inputs.find('*') != std::string::npos)
			return;

		const auto extended =
			outcome([&] { return tested.patch(document, patch, dialect::extended); });

		EXPECT_TRUE(extended == strict)
			<< inputs << "gave " << shown(extended) << " with extensions";
	});
}

TEST(patch_property, stars_are_all_that_they_stand_for)
{
	engine tested, other;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose), patch = any_extended_patch(model, choose);
		const std::string document = build(model);
		const auto patched =
			outcome([&] { return tested.patch(document, build(patch), dialect::extended); });
		const stepwise_result expected = patch_stepwise(other, document, patch);

		if (patched)
			expect_sound(*patched);
		if (!expected.known)
			return;
		EXPECT_TRUE(patched == expected.document)
			<< "document " << text_of(model) << "\npatch    " << text_of(patch) << "\ngave     "
			<< shown(patched) << "\nnot      " << shown(expected.document);
	});
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

/* The document, or the failure's message. */
template <typename Call>
std::string
result_or_message(Call call)
{
	try
	{
		return call();
	}
	catch (const failure &problem)
	{
		return std::string(problem.what()) + problem.detail() + problem.hint();
	}
}

/* Each document as if the patch were new, whatever it was applied to before. */
TEST(patch_property, one_patch_for_many_documents)
{
	engine tested, other;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose);
		const bool extended = choose.one_in(2);
		const json patch =
			extended ? any_extended_patch(model, choose) : any_patch(model, choose).patch;
		const dialect mode = extended ? dialect::extended : dialect::strict;
		const std::string patch_bytes = build(patch);
		std::vector<std::string> documents = {build(model)};
		std::optional<jsonb::patch> parsed;

		if (!outcome([&] {
				parsed.emplace(patch_bytes, mode, "the patch");
				return "";
			}))
			return;
		for (uint32_t i = 1 + choose.below(4); i > 0; i--)
		{
			json variation = alike(model, choose);

			if (choose.one_in(3))
				disturb(variation, choose);
			documents.push_back(build(variation));
		}
		for (uint32_t i = 2 + choose.below(8); i > 0; i--)
		{
			const std::string &document =
				documents[choose.below(static_cast<uint32_t>(documents.size()))];
			const std::string again =
				result_or_message([&] { return tested.patch(document, *parsed); });
			const std::string anew =
				result_or_message([&] { return other.patch(document, patch_bytes, mode); });

			EXPECT_TRUE(again == anew)
				<< "document " << decoded(document) << "\npatch    " << text_of(patch)
				<< "\ngave     " << shown(again) << "\nnot      " << shown(anew);
		}
	});
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

} // namespace
