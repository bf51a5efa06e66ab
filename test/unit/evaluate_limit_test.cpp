/*
 * evaluate_limit_test.cpp
 *		Exact numbers, deep documents, and evaluations that are cancelled.
 */
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/schema_table.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <pthread.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

struct verdict
{
	const char *schema;
	std::vector<const char *> matching, others;
};

void
expect(const std::vector<verdict> &rows)
{
	for (const verdict &row : rows)
	{
		for (const char *const document : row.matching)
			EXPECT_TRUE(matches(row.schema, document)) << row.schema << " on " << document;
		for (const char *const document : row.others)
			EXPECT_FALSE(matches(row.schema, document)) << row.schema << " on " << document;
	}
}

/* None of these can be told apart, or divided, as doubles. */
TEST(evaluate_limit, numbers_are_exact)
{
	expect({
		{R"({"const": 9007199254740993})",
		 {"9007199254740993", "9007199254740993.0"},
		 {"9007199254740992", "9007199254740994"}},
		{R"({"enum": [0.1]})", {"0.1", "0.10"}, {"0.1000000000000000055511151231257827"}},
		{R"({"maximum": 1e400})",
		 {"1e400", "1e399", "-1e401"},
		 {"1.0000000000000000000000000000000001e400", "1e401"}},
		{R"({"exclusiveMinimum": 1e-400})", {"1.1e-400", "1"}, {"1e-400", "0", "1e-401"}},
		{R"({"multipleOf": 0.1})", {"0.3", "1.1", "4.35e2", "0", "-0.7"}, {"0.35", "1e-2"}},
		{R"({"multipleOf": 0.01})", {"19.99", "8.61", "1.10", "1e400"}, {"19.999"}},
		{R"({"multipleOf": 1e-8})", {"12391239123", "0.00000001"}, {"0.000000001"}},
		{R"({"multipleOf": 7})", {"7e400"}, {"1e400"}},
		{R"({"multipleOf": 9007199254740993})", {"18014398509481986"}, {"18014398509481984"}},
		{R"({"type": "integer"})",
		 {"1e400", "1.0", "9007199254740993.00", "-0.0"},
		 {"1.5", "9007199254740993.0000000001"}},
		{R"({"uniqueItems": true})",
		 {"[9007199254740993, 9007199254740992]", "[1e400, 1e401]"},
		 {"[1e400, 1.0e400]", "[1, 1.0]"}},
		{R"({"minLength": 1e0, "maxLength": 2.0})", {R"("a")", R"("ab")"}, {R"("")", R"("abc")"}},
		{R"({"maxLength": 1e400})", {R"("a")"}, {}},
		{R"({"minItems": 1e30})", {}, {"[]", "[1]"}},
		{R"({"minItems": 18446744073709551616})", {}, {"[]", "[1]"}},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"})",
		 {"1", "1e2", "1e400"},
		 {"1.0", "1.50", "0.0"}},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "type": ["integer", "number"]})",
		 {"1.0", "1.5"},
		 {R"("1")"}},
	});
}

constexpr char any_depth[] = R"({"items": {"$ref": "#"}})";

/* Call on a stack of that size. */
void
on_stack_of(size_t size, const std::function<void()> &call)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, size);
	ASSERT_EQ(pthread_create(
				  &thread, &attributes,
				  [](void *argument) -> void * {
					  (*static_cast<const std::function<void()> *>(argument))();
					  return nullptr;
				  },
				  const_cast<std::function<void()> *>(&call)),
			  0);
	pthread_join(thread, nullptr);
	pthread_attr_destroy(&attributes);
}

/* The state of what the evaluation of a document so deep fails with; 0 if it does not. */
int
state_at(size_t levels, size_t stack, std::string_view schema = any_depth)
{
	const std::string document = build_nested(levels);
	schema_engine tested({.stack = stack});
	const auto compiled = tested.compile(schema);
	int states[2] = {0, 0};

	if (const auto problem = failure_of([&] { tested.matches(*compiled, document); }))
		states[0] = problem->sqlstate();
	if (const auto problem = failure_of([&] { (void) tested.find_failures(*compiled, document); }))
		states[1] = problem->sqlstate();
	EXPECT_EQ(states[0], states[1]);
	return states[0];
}

TEST(evaluate_limit, deep_documents)
{
	constexpr size_t small = size_t{128} * 1024, large = size_t{256} * 1024 * 1024;

	EXPECT_EQ(state_at(20, small), 0);
	EXPECT_EQ(state_at(10000, small), sqlstate("54001"));
	EXPECT_EQ(state_at(10000, small, R"({"contains": {"type": "array"}})"), 0)
		<< "what the schema does not look at may be as deep as it likes";
	on_stack_of(2 * large, [=] { EXPECT_EQ(state_at(10000, large), 0); });
}

std::string
wide_array(int count)
{
	json array = json::array();

	for (int i = 0; i < count; i++)
		array.push_back(json::array({number(std::to_string(i))}));
	return build(array);
}

TEST(evaluate_limit, can_be_cancelled)
{
	for (const char *const schema :
		 {R"({"items": {"items": {"type": "number"}}})", R"({"uniqueItems": true})",
		  R"({"items": {"anyOf": [{"type": "null"}, {"type": "array"}]}})",
		  R"({"contains": {"items": false}})", R"({"unevaluatedItems": {"minItems": 1}})"})
	{
		schema_engine tested({.checks = 1000});
		const auto compiled = tested.compile(schema);
		const auto problem = failure_of([&] { tested.matches(*compiled, wide_array(10000)); });

		ASSERT_TRUE(problem) << schema;
		EXPECT_EQ(problem->sqlstate(), sqlstate("57014")) << schema;
	}
}

TEST(evaluate_limit, compilation_can_be_cancelled)
{
	json schema;

	for (int i = 0; i < 10000; i++)
		schema["properties"][std::to_string(i)] = {{"type", "null"}};

	const schema_engine tested({.checks = 1000});
	const auto problem =
		failure_of([&] { (void) tested.compile_document(build(schema), memory_source()); });

	ASSERT_TRUE(problem);
	EXPECT_EQ(problem->sqlstate(), sqlstate("57014"));
}

} // namespace
