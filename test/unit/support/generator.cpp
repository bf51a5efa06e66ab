#include "support/generator.hpp"

#include <utility>

namespace migsafe::test_bed {
namespace {

constexpr std::array<const char *, 17> keys = {"a",
											   "b",
											   "c",
											   "aa",
											   "",
											   "0",
											   "1",
											   "-",
											   "a/b",
											   "m~n",
											   "~1",
											   "key",
											   "é",
											   "😀",
											   "a key with spaces",
											   "*",
											   "a key that is longer than most of them are"};

constexpr std::array<const char *, 14> numbers = {"0",
												  "1",
												  "2",
												  "-1",
												  "1.0",
												  "1.5",
												  "1.50",
												  "-0.25",
												  "0.00",
												  "10000",
												  "12345678",
												  "0.000000001",
												  "1000000000000000000000000000000",
												  "-98765432109876543210.0123456789"};

constexpr std::array<const char *, 10> strings = {
	"",
	"a",
	"b",
	"ab",
	"true",
	"1",
	"quote \" and \\",
	"line\nfeed",
	"😀é",
	"a string that is longer than a few dozens of bytes, to be copied in one go"};

constexpr std::array<uint32_t, 8> wide = {31, 32, 33, 63, 64, 65, 97, 130};

json
any_scalar(choices &choose)
{
	switch (choose.below(7))
	{
		case 0:
			return nullptr;
		case 1:
			return false;
		case 2:
			return true;
		case 3:
		case 4:
			return choose.of(strings);
		default:
			return number(choose.of(numbers));
	}
}

json
any_array(choices &choose, uint32_t count, int depth)
{
	json array = json::array();

	for (uint32_t i = 0; i < count; i++)
		array.push_back(any_value(choose, depth));
	return array;
}

json
any_object(choices &choose, uint32_t count, int depth)
{
	json object = json::object();

	for (uint32_t i = 0; i < count; i++)
		object[any_key(choose)] = any_value(choose, depth);
	return object;
}

/* Keys of several lengths: as many as asked for. */
json
wide_object(choices &choose, uint32_t count)
{
	json object = json::object();

	for (uint32_t i = 0; i < count; i++)
		object[choose.of(keys) + std::to_string(i)] = any_value(choose, choose.one_in(20) ? 1 : 0);
	return object;
}

json
wide_container(choices &choose)
{
	const uint32_t count = choose.of(wide);

	return choose.one_in(2) ? wide_object(choose, count) : any_array(choose, count, 0);
}

/* Values of one shape, but for one or the other. */
json
any_table(choices &choose)
{
	const json first = any_object(choose, 1 + choose.below(5), 2);
	json table = choose.one_in(3) ? json::object() : json::array();

	for (uint32_t i = 1 + choose.below(6); i > 0; i--)
	{
		json row = alike(first, choose);

		if (choose.one_in(6))
			disturb(row, choose);
		if (table.is_array())
			table.push_back(std::move(row));
		else
			table[any_key(choose)] = std::move(row);
	}
	return table;
}

/* Seldom a scalar or empty: there is little to be done with those. */
json
any_root(choices &choose)
{
	const uint32_t kind = choose.below(9);

	if (kind == 0)
		return any_value(choose, 3);
	if (kind == 8)
		return any_table(choose);
	if (kind < 5)
		return any_object(choose, 1 + choose.below(6), 2);
	return any_array(choose, 1 + choose.below(8), 2);
}

/* The nth member's or element's value. */
json &
nth(json &container, uint32_t n)
{
	return container.is_array() ? container[n] : *std::next(container.begin(), n);
}

void
disturb_object(json &object, choices &choose)
{
	switch (choose.below(3))
	{
		case 0:
			object[any_key(choose)] = any_value(choose, 1);
			break;
		case 1:
			object.erase(any_key(choose));
			break;
		default:
			if (!object.empty())
				object[any_key(choose)] =
					nth(object, choose.below(static_cast<uint32_t>(object.size())));
	}
}

void
disturb_array(json &array, choices &choose)
{
	const auto size = static_cast<uint32_t>(array.size());
	const auto place = [&](uint32_t n) { return array.begin() + choose.below(n); };

	switch (choose.below(4))
	{
		case 0:
			array.insert(place(size + 1), any_value(choose, 1));
			break;
		case 1:
			if (size > 0)
				array.erase(place(size));
			break;
		case 2:
			if (size > 0)
				std::iter_swap(place(size), place(size));
			break;
		default:
			if (size > 0)
				*place(size) = any_value(choose, 1);
	}
}

void
disturb_once(json &v, choices &choose)
{
	if (v.is_structured() && !v.empty() && !choose.one_in(3))
		return disturb_once(nth(v, choose.below(static_cast<uint32_t>(v.size()))), choose);
	if (v.is_object())
		disturb_object(v, choose);
	else if (v.is_array())
		disturb_array(v, choose);
	else
		v = any_value(choose, 1);
}

} // namespace

std::string
any_key(choices &choose)
{
	/* The first ones are the most frequent. */
	return keys[choose.below(choose.one_in(2) ? keys.size() : 4)];
}

json
any_value(choices &choose, int depth)
{
	if (depth == 0 || choose.below(3) == 0)
		return any_scalar(choose);
	if (choose.one_in(2))
		return any_object(choose, choose.below(5), depth - 1);
	return any_array(choose, choose.below(5), depth - 1);
}

json
any_document(choices &choose)
{
	if (choose.one_in(60))
		return wide_container(choose);

	json document = any_root(choose);

	if (document.is_object() && choose.one_in(60))
		document["a"] = wide_container(choose);
	return document;
}

json
alike(const json &v, choices &choose)
{
	if (!v.is_structured())
		return choose.one_in(2) ? any_scalar(choose) : v;

	json other = v;

	for (json &part : other)
		part = alike(part, choose);
	return other;
}

void
disturb(json &document, choices &choose)
{
	for (uint32_t i = choose.below(4); i > 0; i--)
		disturb_once(document, choose);
}

} // namespace migsafe::test_bed
