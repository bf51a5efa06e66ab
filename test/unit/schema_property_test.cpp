/*
 * schema_property_test.cpp
 *		What has to hold of any schema and any document, on random ones.
 */
#include "support/builder.hpp"
#include "support/generator.hpp"
#include "support/rounds.hpp"
#include "support/schema_engine.hpp"
#include "support/schema_generator.hpp"
#include "support/schema_reference.hpp"

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

TEST(property, verdicts_agree_with_the_reference)
{
	schema_engine tested;
	size_t valid = 0, count = 0;

	for_each_round([&](choices &choose) {
		const json schema = any_schema(choose);
		const auto compiled = tested.compile_document(build(schema), memory_source());

		for (int i = 0; i < 4; i++)
		{
			const json instance = any_instance(choose);
			const std::string document = build(instance);
			const bool verdict = tested.matches(*compiled, document);

			EXPECT_EQ(verdict, is_valid(schema, instance))
				<< text_of(schema) << "\non " << text_of(instance);
			EXPECT_EQ(verdict, tested.find_failures(*compiled, document).empty())
				<< text_of(schema) << "\non " << text_of(instance);
			valid += verdict ? 1 : 0;
			count++;
		}
	});
	/* The comparison says little where all schemas accept, or refuse, everything. */
	EXPECT_GT(5 * valid, count);
	EXPECT_LT(5 * valid, 4 * count);
}

} // namespace
