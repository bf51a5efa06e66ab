#include "jsonb/hash.hpp"

#include "jsonb/number.hpp"

#include <random>

#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

namespace migsafe::jsonb {
namespace {

/* Nobody outside of the process can know which values it takes for equal at first. */
uint64_t
secret()
{
	static const uint64_t chosen = [] {
		std::random_device random;

		return uint64_t{random()} << 32 | random();
	}();

	return chosen;
}

uint64_t
hash_bytes(std::string_view bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed ^ secret());
}

uint64_t
hash_number(const number &n)
{
	uint64_t hash = hash_bytes({}, n.is_negative() ? 1 : 2);
	const int weight = n.weight();

	hash = hash_bytes({reinterpret_cast<const char *>(&weight), sizeof(weight)}, hash);
	for (int i = 0; i < n.digits(); i++)
	{
		const unsigned digit = n.digit(i);

		hash = hash_bytes({reinterpret_cast<const char *>(&digit), sizeof(digit)}, hash);
	}
	return hash;
}

uint64_t
hash_container(const value &v, const host &process)
{
	uint64_t hash = v.is_object() ? 3 : 4;

	process.check();
	for (cursor items(v); items.next();)
	{
		const uint64_t item = hash_value(items.current(), process);

		if (items.parts().is_object())
			hash = hash_bytes(items.key(), hash);
		hash = hash_bytes({reinterpret_cast<const char *>(&item), sizeof(item)}, hash);
	}
	return hash;
}

} // namespace

uint64_t
hash_value(const value &v, const host &process)
{
	if (v.is_container())
		return hash_container(v, process);
	if (v.type == format::type_numeric)
		return hash_number(number(v));
	return hash_bytes(v.bytes(), v.type);
}

} // namespace migsafe::jsonb
