/*
 * value_set_test.cpp
 *		Values looked for among few or many, and equal ones within an array.
 */
#include "schema/value_set.hpp"

#include "support/builder.hpp"
#include "support/generator.hpp"
#include "support/rounds.hpp"
#include "support/test_host.hpp"
#include "support/text.hpp"

#include <algorithm>

using namespace migsafe;
using namespace migsafe::schema;
using namespace migsafe::test_bed;

namespace {

std::vector<jsonb::value>
elements_of(const std::string &array)
{
	std::vector<jsonb::value> values;

	for (jsonb::cursor items(jsonb::root_of(array)); items.next();)
		values.push_back(items.current());
	return values;
}

/* The element is in the first array: for each of the second. */
std::vector<bool>
contained(const std::string &set, const std::string &others)
{
	const test_host process;
	const value_set tested(elements_of(set), process);
	std::vector<bool> answers;

	for (const jsonb::value &v : elements_of(others))
		answers.push_back(tested.contains(v, process));
	return answers;
}

std::string
equal_elements(const std::string &array)
{
	const equal_pair equal = find_equal_pair(jsonb::root_of(array), test_host());

	return equal.found() ? std::to_string(equal.first) + " and " + std::to_string(equal.second)
						 : "none";
}

/* Different numbers to make an array longer; each begins with a comma. */
std::string
filling(int count)
{
	std::string text;

	for (int i = 0; i < count; i++)
		text += ", " + std::to_string(1000 + i);
	return text;
}

/* Among few, each is compared; among many, they are found by their hashes. */
TEST(value_set, contains)
{
	for (const int more : {0, 2, 7, 8, 100})
	{
		const std::string set = encoded("[1, \"1\", null, [1, {\"a\": 2.0}]" + filling(more) + "]");

		EXPECT_EQ(contained(set, encoded(R"([1.0, "1", null, [1.00, {"a": 2}]])")),
				  std::vector<bool>(4, true))
			<< more;
		EXPECT_EQ(contained(set, encoded(R"([2, "2", true, false, [1], {"a": 2}, [], {}, ""])")),
				  std::vector<bool>(9, false))
			<< more;
	}
}

TEST(value_set, empty)
{
	EXPECT_EQ(contained(encoded("[]"), encoded("[null, 1]")), std::vector<bool>(2, false));
}

TEST(value_set, several_of_one_value)
{
	EXPECT_EQ(contained(encoded("[1, 1.0, 1.00" + filling(10) + "]"), encoded("[1, 2]")),
			  (std::vector<bool>{true, false}));
}

TEST(equal_pair, none)
{
	for (const char *array : {"[]", "[1]", "[1, 2]", "[1, true]", "[0, false, null, \"\", [], {}]",
							  "[{\"a\": 1}, {\"a\": 2}]", "[[1, 2], [2, 1]]", "[\"1\", 1]"})
		EXPECT_EQ(equal_elements(encoded(array)), "none") << array;
	EXPECT_EQ(equal_elements(encoded("[1" + filling(200) + "]")), "none");
}

TEST(equal_pair, of_few)
{
	EXPECT_EQ(equal_elements(encoded("[1, 1]")), "0 and 1");
	EXPECT_EQ(equal_elements(encoded("[1, 2, 1.0]")), "0 and 2");
	EXPECT_EQ(equal_elements(encoded("[1, 2, 3, 2, 1]")), "1 and 3");
	EXPECT_EQ(equal_elements(encoded(R"([{"a": 1, "b": 2}, 0, {"b": 2.0, "a": 1.0}])")), "0 and 2");
}

TEST(equal_pair, of_many)
{
	EXPECT_EQ(equal_elements(encoded("[1, 1.0" + filling(50) + "]")), "0 and 1");
	EXPECT_EQ(equal_elements(encoded("[true" + filling(50) + ", true]")), "0 and 51");
	EXPECT_EQ(equal_elements(encoded("[0" + filling(9) + ", [[]], {}, [[]]]")), "10 and 12");
}

/* Both ways say the same, whatever is in the array. */
TEST(property, sets_agree_with_comparison_one_by_one)
{
	for_each_round([](choices &choose) {
		json set = json::array();

		for (uint32_t i = choose.below(20); i > 0; i--)
			set.push_back(any_value(choose, 1));

		const json sought = any_value(choose, 1);
		const auto equals = [&](const json &v) { return same_value(v, sought); };
		const bool among = std::any_of(set.begin(), set.end(), equals);

		EXPECT_EQ(contained(build(set), build(json::array({sought}))), std::vector<bool>{among})
			<< text_of(sought) << " in " << text_of(set);

		bool twice = false;

		for (auto a = set.begin(); a != set.end(); ++a)
			twice |= std::any_of(set.begin(), a, [&](const json &b) { return same_value(*a, b); });
		EXPECT_EQ(equal_elements(build(set)) != "none", twice) << text_of(set);
	});
}

/* The two that are named are equal, the first one first. */
TEST(property, the_pair_is_equal)
{
	for_each_round([](choices &choose) {
		json array = json::array();

		for (uint32_t i = choose.below(30); i > 0; i--)
			array.push_back(any_value(choose, 1));

		const equal_pair equal = find_equal_pair(jsonb::root_of(build(array)), test_host());

		if (!equal.found())
			return;
		EXPECT_LT(equal.first, equal.second);
		EXPECT_TRUE(same_value(array[equal.first], array[equal.second])) << text_of(array);
	});
}

} // namespace
