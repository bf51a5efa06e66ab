#include "support/rounds.hpp"

#include "jsonb/value.hpp"
#include "support/builder.hpp"
#include "support/generator.hpp"
#include "support/reader.hpp"
#include "support/text.hpp"

#include <cstdlib>

namespace migsafe::test_bed {
namespace {

uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *const text = std::getenv(name);

	return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

uint64_t
first_seed()
{
	static const uint64_t seed = setting("MIGSAFE_PROPERTY_SEED", 1);

	return seed;
}

uint64_t
round_count()
{
	static const uint64_t count = setting("MIGSAFE_PROPERTY_ROUNDS", 50000);

	return count;
}

json
other_document(const json &document, choices &choose)
{
	json other = choose.one_in(4) ? any_document(choose) : document;

	disturb(other, choose);
	return other;
}

void
expect_sound(const std::string &document)
{
	EXPECT_NO_THROW(jsonb::check_structure(document)) << decoded(document);
	EXPECT_TRUE(build(read(document)) == document) << decoded(document);
}

std::string
shown(const std::string &document)
{
	try
	{
		return decoded(document);
	}
	catch (const std::exception &)
	{
		return "no document: " + document;
	}
}

std::string
shown(const std::optional<std::string> &document)
{
	return document ? shown(*document) : "nothing";
}

} // namespace migsafe::test_bed
