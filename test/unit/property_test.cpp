/*
 * property_test.cpp
 *		What has to hold of any documents, on random ones.
 *
 * MIGSAFE_PROPERTY_ROUNDS says how many per property, MIGSAFE_PROPERTY_SEED with
 * which number to begin; each round has a seed of its own, printed where it fails.
 */
#include "jsonb/number.hpp"
#include "jsonb/value.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/generator.hpp"
#include "support/numeric.hpp"
#include "support/reader.hpp"
#include "support/reference.hpp"
#include "support/rounds.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

TEST(property, reader_and_writer)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose);
		const std::string document = build(model);
		const std::string rewritten = tested.rewrite(document);

		EXPECT_TRUE(rewritten == document) << text_of(model) << "\nbecame " << shown(rewritten);
		EXPECT_TRUE(read(document) == model) << text_of(model);
		EXPECT_NO_THROW(jsonb::check_structure(document)) << text_of(model);
	});
}

TEST(property, merge_patch_agrees_with_the_reference)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose), patch = other_document(model, choose);
		const auto merged = outcome([&] { return tested.merge_patch(build(model), build(patch)); });
		json expected = model;

		expected.merge_patch(patch);
		EXPECT_TRUE(merged == build(expected))
			<< "document " << text_of(model) << "\npatch    " << text_of(patch) << "\ngave     "
			<< shown(merged) << "\nnot      " << text_of(expected);
		if (merged)
			expect_sound(*merged);
	});
}

/* Digits, many of them zero, with or without a point and an exponent. */
std::string
any_number(choices &choose)
{
	const auto digits = [&](uint32_t most) {
		std::string text;

		for (uint32_t i = choose.below(most); i > 0; i--)
			text += choose.one_in(2) ? '0' : static_cast<char>('0' + choose.below(10));
		return text;
	};
	std::string text = choose.one_in(2) ? "-" : "";

	text += choose.one_in(3) ? "0" : static_cast<char>('1' + choose.below(9)) + digits(20);
	if (choose.one_in(2))
		text += "." + digits(20) + static_cast<char>('0' + choose.below(10));
	if (choose.one_in(3))
		text += std::string(choose.one_in(2) ? "e-" : "E") +
				std::to_string(choose.below(choose.one_in(10) ? 600 : 30));
	return text;
}

TEST(property, numbers_agree_with_the_second_opinion)
{
	jsonb::arena memory;

	for_each_round([&](choices &choose) {
		const json a = number(any_number(choose));
		const std::string literal = any_number(choose), plain = plain_number(literal);

		memory.reset();

		const auto made = jsonb::make_number(literal, memory);

		ASSERT_TRUE(made) << literal;
		EXPECT_TRUE(made->bytes() == numeric_image(plain)) << literal;
		EXPECT_EQ(jsonb::number(*made).text(), plain) << literal;
		EXPECT_EQ(numeric_text(made->bytes()), plain) << literal;

		/* With another scale it is the same number. */
		const std::string longer = plain + (plain.find('.') == std::string::npos ? ".00" : "00");
		const auto same = jsonb::make_number(longer, memory),
				   other = jsonb::make_number(digits_of(a), memory);

		EXPECT_TRUE(jsonb::number(*made) == jsonb::number(*same)) << literal;
		EXPECT_EQ(jsonb::number(*made) == jsonb::number(*other), same_value(number(literal), a))
			<< literal << " and " << text_of(a);
	});
}

/* An absent one now and then. */
optional_json
optional_document(const json &document, choices &choose)
{
	return choose.one_in(20) ? std::nullopt : optional_json(document);
}

std::optional<std::string>
built(const optional_json &document)
{
	return document ? std::optional(build(*document)) : std::nullopt;
}

std::string
shown(const optional_json &document)
{
	return document ? text_of(*document) : "nothing";
}

TEST(property, merge_agrees_with_the_reference)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose);
		const optional_json base = optional_document(model, choose),
							mine = optional_document(other_document(model, choose), choose),
							theirs = optional_document(other_document(model, choose), choose);
		const auto b = built(base), m = built(mine), t = built(theirs);
		const engine::merged merged = tested.merge(b, m, t);
		const std::string inputs =
			"base " + shown(base) + "\nmine " + shown(mine) + "\ntheirs " + shown(theirs) + "\n";
		std::set<std::string> conflicts;
		const auto expected = built(merge_reference(base, mine, theirs, "", conflicts));

		EXPECT_TRUE(merged.document == expected) << inputs << "gave " << shown(merged.document);
		EXPECT_EQ(std::set<std::string>(merged.conflicts.begin(), merged.conflicts.end()),
				  conflicts)
			<< inputs;
		EXPECT_EQ(merged.conflicts.size(), conflicts.size()) << inputs;
		if (merged.document)
			expect_sound(*merged.document);
	});
}

TEST(property, merges_of_one_change_have_no_conflicts)
{
	engine tested;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose);
		const auto base = built(optional_document(model, choose)),
				   changed = built(optional_document(other_document(model, choose), choose));

		for (const auto &merged :
			 {tested.merge(base, changed, base), tested.merge(base, base, changed),
			  tested.merge(base, changed, changed)})
		{
			EXPECT_TRUE(merged.document == changed)
				<< "base " << shown(base) << "\nchanged " << shown(changed) << "\ngave "
				<< shown(merged.document);
			EXPECT_TRUE(merged.conflicts.empty());
		}
	});
}

} // namespace
