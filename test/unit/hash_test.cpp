/*
 * hash_test.cpp
 *		Hashes: the same for equal values, and hardly for others.
 */
#include "jsonb/hash.hpp"

#include "jsonb/equality.hpp"
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/generator.hpp"
#include "support/rounds.hpp"
#include "support/test_host.hpp"
#include "support/text.hpp"

#include <map>
#include <set>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

uint64_t
hash_of(const std::string &document)
{
	return jsonb::hash_value(jsonb::root_of(document), test_host());
}

/* Other scales of the same numbers. */
json
with_other_scales(const json &v, choices &choose)
{
	json other = v;

	if (v.is_binary() && choose.one_in(2))
	{
		const std::string digits(digits_of(v));

		return number(digits + (digits.find('.') == std::string::npos ? ".000" : "0"));
	}
	if (v.is_structured())
	{
		for (json &part : other)
			part = with_other_scales(part, choose);
	}
	return other;
}

TEST(hash, of_equal_values)
{
	for (const auto &[a, b] : std::vector<std::pair<const char *, const char *>>{
			 {"1", "1.00"},
			 {"0", "-0.0"},
			 {"1e2", "100"},
			 {"[1, {\"a\": 2.50}]", "[1.0, {\"a\": 2.5}]"},
			 {"{\"b\": 1, \"aa\": 2}", "{\"aa\": 2, \"b\": 1}"},
		 })
		EXPECT_EQ(hash_of(encoded(a)), hash_of(encoded(b))) << a << " and " << b;
}

TEST(hash, of_others)
{
	std::map<uint64_t, std::string> seen;

	for (const char *text : {"null",
							 "true",
							 "false",
							 "0",
							 "1",
							 "-1",
							 "10000",
							 "0.0001",
							 "\"\"",
							 "\"0\"",
							 "\"null\"",
							 "[]",
							 "{}",
							 "[[]]",
							 "[{}]",
							 "[null]",
							 "[0]",
							 "[\"\"]",
							 "[1, 2]",
							 "[2, 1]",
							 "[[1], 2]",
							 "[[1, 2]]",
							 "{\"a\": 1}",
							 "{\"b\": 1}",
							 "{\"a\": 2}",
							 "{\"a\": \"b\"}",
							 "[\"a\", 1]",
							 "{\"a\": 1, \"b\": 2}",
							 "{\"a\": 2, \"b\": 1}",
							 "{\"a\": {\"b\": 1}}"})
	{
		const auto [it, is_new] = seen.emplace(hash_of(encoded(text)), text);

		EXPECT_TRUE(is_new) << text << " and " << it->second;
	}
}

TEST(hash, needs_stack_for_deep_values)
{
	const std::string shallow = build_nested(500), deep = build_nested(200000);
	const auto problem = failure_of([&] { hash_of(deep); });

	EXPECT_NO_THROW(hash_of(shallow));
	ASSERT_TRUE(problem);
	EXPECT_EQ(problem->sqlstate(), sqlstate("54001"));
}

TEST(property, equal_values_have_equal_hashes)
{
	const test_host process;

	for_each_round([&](choices &choose) {
		const json model = any_document(choose), same = with_other_scales(model, choose),
				   other = other_document(model, choose);
		const std::string document = build(model), scaled = build(same), changed = build(other);

		EXPECT_EQ(hash_of(document), hash_of(scaled)) << text_of(model) << "\n" << text_of(same);
		EXPECT_EQ(hash_of(document) == hash_of(changed),
				  jsonb::equal_values(jsonb::root_of(document), jsonb::root_of(changed), process))
			<< text_of(model) << "\n"
			<< text_of(other);
	});
}

} // namespace
