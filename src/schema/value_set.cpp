#include "schema/value_set.hpp"

#include "jsonb/equality.hpp"
#include "jsonb/hash.hpp"

#include <algorithm>

namespace migsafe::schema {
namespace {

constexpr size_t few = 8; /* up to which each is compared with each */

struct element
{
	uint64_t hash;
	uint32_t number;
	jsonb::value value;
};

equal_pair
find_by_hash(std::vector<element> &elements, const jsonb::host &process)
{
	std::sort(elements.begin(), elements.end(), [](const element &a, const element &b) {
		return a.hash != b.hash ? a.hash < b.hash : a.number < b.number;
	});

	equal_pair first;

	for (size_t i = 0; i < elements.size(); i++)
	{
		for (size_t j = i + 1; j < elements.size() && elements[j].hash == elements[i].hash; j++)
		{
			if (first.found() && elements[j].number > first.second)
				break;
			if (jsonb::equal_values(elements[i].value, elements[j].value, process))
				first = {elements[i].number, elements[j].number};
		}
	}
	return first;
}

equal_pair
find_one_by_one(const std::vector<element> &elements, const jsonb::host &process)
{
	for (size_t j = 1; j < elements.size(); j++)
	{
		for (size_t i = 0; i < j; i++)
		{
			if (jsonb::equal_values(elements[i].value, elements[j].value, process))
				return {elements[i].number, elements[j].number};
		}
	}
	return {};
}

} // namespace

value_set::value_set(std::vector<jsonb::value> values, const jsonb::host &process)
	: values_(std::move(values))
{
	if (values_.size() <= few)
		return;
	for (const jsonb::value &v : values_)
		by_hash_.push_back({hash_value(v, process), v});
	std::sort(by_hash_.begin(), by_hash_.end(),
			  [](const entry &a, const entry &b) { return a.hash < b.hash; });
}

bool
value_set::contains(const jsonb::value &v, const jsonb::host &process) const
{
	if (by_hash_.empty())
		return std::any_of(values_.begin(), values_.end(), [&](const jsonb::value &allowed) {
			return jsonb::equal_values(allowed, v, process);
		});

	const uint64_t hash = hash_value(v, process);
	auto it = std::lower_bound(by_hash_.begin(), by_hash_.end(), hash,
							   [](const entry &e, uint64_t h) { return e.hash < h; });

	for (; it != by_hash_.end() && it->hash == hash; ++it)
	{
		if (jsonb::equal_values(it->value, v, process))
			return true;
	}
	return false;
}

equal_pair
find_equal_pair(const jsonb::value &array, const jsonb::host &process)
{
	std::vector<element> elements;
	const uint32_t count = jsonb::container(array).count();
	const bool hashed = count > few;

	if (count < 2)
		return {};
	elements.reserve(count);
	for (jsonb::cursor items(array); items.next();)
	{
		const uint64_t hash = hashed ? hash_value(items.current(), process) : 0;

		elements.push_back({hash, static_cast<uint32_t>(elements.size()), items.current()});
	}
	return hashed ? find_by_hash(elements, process) : find_one_by_one(elements, process);
}

} // namespace migsafe::schema
