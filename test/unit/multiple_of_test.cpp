/*
 * multiple_of_test.cpp
 *		Exact divisibility and order of numbers, whatever their size.
 */
#include "jsonb/multiple_of.hpp"

#include "pg/failure.hpp"
#include "support/decimal.hpp"
#include "support/rounds.hpp"
#include "support/test_host.hpp"

#include <vector>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

struct pair
{
	std::string a, b; /* JSON numbers */
};

bool
divides(const pair &p, const test_host &process = test_host())
{
	jsonb::arena memory;

	return jsonb::is_multiple_of(jsonb::number(jsonb::make_number(p.a, memory).value()),
								 jsonb::number(jsonb::make_number(p.b, memory).value()), process);
}

std::strong_ordering
order(const pair &p)
{
	jsonb::arena memory;

	return jsonb::number(jsonb::make_number(p.a, memory).value()) <=>
		   jsonb::number(jsonb::make_number(p.b, memory).value());
}

TEST(multiple_of, multiples)
{
	for (const pair &p : std::vector<pair>{
			 {"0", "7"},
			 {"0.00", "1e-16383"},
			 {"7", "7"},
			 {"-7", "7"},
			 {"7", "-7"},
			 {"1.0", "1"},
			 {"1", "1.000"},
			 {"0.3", "0.1"},
			 {"0.0075", "0.0001"},
			 {"19.99", "0.01"},
			 {"1e308", "0.5"},
			 {"9007199254740993", "3"},
			 {"1e131071", "1e-16383"},
			 {"1e131071", "2"},
			 {"1e131071", "1e131071"},
			 {"-1e131071", "128"},
			 {"1e-16383", "1e-16383"},
			 {"3e-16383", "1e-16383"},
			 {"12345678901234567890", "10"},
			 {"99999999999999999999", "9999999999"},
			 {"10000000000000000000000000000000000000001",
			  "20000000000000000000000000000000000000002e-1"},
		 })
		EXPECT_TRUE(divides(p)) << p.a << " of " << p.b;
}

TEST(multiple_of, others)
{
	for (const pair &p : std::vector<pair>{
			 {"1", "7"},
			 {"7", "14"},
			 {"0.35", "0.1"},
			 {"0.00751", "0.0001"},
			 {"4.5", "2"},
			 {"9007199254740993", "2"},
			 {"1e131071", "3"},
			 {"1e131071", "7"},
			 {"1e-16383", "2e-16383"},
			 {"1e-16383", "1e131071"},
			 {"1e131070", "1e131071"},
			 {"99999999999999999999", "10"},
			 {"10000000000000000000000000000000000000001", "100000000000000000000"},
		 })
		EXPECT_FALSE(divides(p)) << p.a << " of " << p.b;
}

/* Where the estimate of a digit of the quotient is too great by one, and by two. */
TEST(multiple_of, estimates_that_are_too_great)
{
	constexpr uint64_t divisor = 50009999;

	for (const uint64_t factor : {uint64_t{9997}, uint64_t{99979999}, uint64_t{99999999}})
	{
		const uint64_t product = factor * divisor;

		EXPECT_TRUE(divides({std::to_string(product), std::to_string(divisor)})) << product;
		EXPECT_FALSE(divides({std::to_string(product + 1), std::to_string(divisor)})) << product;
		EXPECT_FALSE(divides({std::to_string(product - 1), std::to_string(divisor)})) << product;
	}
}

TEST(multiple_of, long_divisions_can_be_cancelled)
{
	const test_host impatient({.checks = 10});
	const auto problem = failure_of([&] { divides({"1e131071", "3"}, impatient); });

	ASSERT_TRUE(problem);
	EXPECT_EQ(problem->sqlstate(), sqlstate("57014"));
}

/* Each is less than the next one. */
TEST(order_of_numbers, from_least_to_greatest)
{
	const std::vector<std::string> sorted = {"-1e131071",
											 "-1e400",
											 "-10001",
											 "-10000.5",
											 "-10000",
											 "-9999.9999",
											 "-1.5",
											 "-1",
											 "-0.5",
											 "-1e-16383",
											 "0",
											 "1e-16383",
											 "2e-16383",
											 "0.00009999",
											 "0.0001",
											 "0.1",
											 "0.10001",
											 "1",
											 "1.0000000000000000000001",
											 "9999",
											 "10000",
											 "10000.0001",
											 "9007199254740992",
											 "9007199254740993",
											 "1e400",
											 "1e131071"};

	for (size_t i = 0; i < sorted.size(); i++)
	{
		for (size_t j = 0; j < sorted.size(); j++)
			EXPECT_TRUE(order({sorted[i], sorted[j]}) == (i <=> j))
				<< sorted[i] << " and " << sorted[j];
	}
}

TEST(order_of_numbers, scale_does_not_count)
{
	for (const pair &p : std::vector<pair>{{"0", "-0.000"},
										   {"1", "1.00"},
										   {"1e3", "1000"},
										   {"-1.50", "-1.5"},
										   {"1e-1", "0.1000"}})
		EXPECT_TRUE(order(p) == std::strong_ordering::equal) << p.a << " and " << p.b;
}

TEST(order_of_numbers, as_natural_numbers)
{
	const auto natural = [](const char *text) {
		jsonb::arena memory;

		return jsonb::number(jsonb::make_number(text, memory).value()).natural();
	};

	EXPECT_EQ(natural("0"), 0u);
	EXPECT_EQ(natural("1.0"), 1u);
	EXPECT_EQ(natural("10000"), 10000u);
	EXPECT_EQ(natural("12e5"), 1200000u);
	EXPECT_EQ(natural("9999999999999999"), 9999999999999999u);
	EXPECT_EQ(natural("10000000000000000"), UINT64_MAX) << "more than four digits to the base";
	EXPECT_EQ(natural("1e131071"), UINT64_MAX);
}

/* Digits in which 0 and 9 are frequent, and that are alike now and then. */
std::string
any_digits(choices &choose, uint32_t most)
{
	static constexpr std::string_view frequent = "000099991258";
	std::string text;

	for (uint32_t i = choose.below(most); i > 0; i--)
		text += frequent[choose.below(static_cast<uint32_t>(frequent.size()))];
	return text;
}

std::string
any_number(choices &choose)
{
	std::string text = choose.one_in(4) ? "-" : "";

	text +=
		choose.one_in(4) ? "0" : static_cast<char>('1' + choose.below(9)) + any_digits(choose, 30);
	if (choose.one_in(2))
		text += "." + any_digits(choose, 20) + "5";
	if (choose.one_in(4))
		text += std::string(choose.one_in(2) ? "e-" : "e") + std::to_string(choose.below(40));
	return text;
}

TEST(property, divisibility_and_order_agree_with_long_division)
{
	for_each_round([](choices &choose) {
		const pair p{any_number(choose), any_number(choose)};
		const decimal a(p.a), b(p.b), zero("0");

		EXPECT_TRUE(order(p) == (a.compare(b) <=> 0)) << p.a << " and " << p.b;
		EXPECT_TRUE(order({p.b, p.a}) == (b.compare(a) <=> 0)) << p.b << " and " << p.a;
		EXPECT_TRUE(b.compare(zero) == 0 || divides(p) == a.is_multiple_of(b))
			<< p.a << " of " << p.b;
	});
}

/* Most random numbers are no multiples of each other; these are. */
TEST(property, products_are_multiples)
{
	for_each_round([](choices &choose) {
		const uint64_t factor = choose.below(65536), step = 1 + choose.below(65536);
		const std::string exponent = std::to_string(choose.below(50)),
						  product = std::to_string(factor * step);

		for (const char *sign : {"e", "e-"})
		{
			const pair p{product + sign + exponent, std::to_string(step) + sign + exponent},
				next{std::to_string(factor * step + 1) + sign + exponent, p.b};

			EXPECT_TRUE(divides(p)) << p.a << " of " << p.b;
			EXPECT_EQ(divides(next), step == 1) << next.a << " of " << next.b;
		}
	});
}

} // namespace
