/*
 * schema_consistency_test.cpp
 *		A schema compiles if, and only if, the metaschema of its draft accepts it.
 *
 * A metaschema cannot say where references lead, whether they go on for ever,
 * whether two schemas have one name, or that $recursiveRef is always "#"; that of
 * draft 4 says nothing of $ref, and it and that of draft 6 nothing of the keys of patternProperties.  What it says of texts that are to be URIs is
 * left alone here: what does not resolve is another error, or nobody refers to it.
 * Up to draft 7 what stands beside a $ref is ignored, but not by the metaschema;
 * nor are $recursiveRef and $recursiveAnchor in 2020-12, which has them no more.
 */
#include "support/builder.hpp"
#include "support/rounds.hpp"
#include "support/schema_generator.hpp"
#include "support/schema_table.hpp"

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

constexpr size_t draft_4 = 0, draft_7 = 2, draft_2020 = 4;

constexpr schema::compile_options as_validity = {true, schema::missing_documents::anything_matches};

/* Messages about what no metaschema knows. */
bool
is_beyond_metaschemas(const failure &problem, size_t draft)
{
	const std::string message = problem.what();
	const auto says = [&](const char *part) { return message.find(part) != std::string::npos; };

	return says("leads nowhere") || says("without end") || says("another schema as well") ||
		   (draft < draft_7 && says("\"patternProperties\" is no regular expression")) ||
		   says("must be \"#\"") || says("a schema cannot be of type");
}

class consistency
{
public:
	consistency()
	{
		for (const std::string &uri : draft_uris)
			metaschemas_.push_back(
				engine_.compile(of_draft(uri, R"({"$ref": ")" + uri + R"("})"), as_validity));
	}

	/* Of a schema without $schema; returns whether it is one. */
	bool expect(size_t draft, json schema)
	{
		schema["$schema"] = draft_uris[draft];

		const std::string document = build(schema);
		const bool accepted = engine_.matches(*metaschemas_[draft], document);
		const auto problem = failure_of(
			[&] { (void) engine_.compile_document(document, memory_source(), as_validity); });

		if (problem && is_beyond_metaschemas(*problem, draft))
			return false;
		EXPECT_EQ(accepted, !problem)
			<< text_of(schema) << (problem ? "\n" + told(*problem) : " compiles");
		return accepted;
	}

private:
	schema_engine engine_;
	std::vector<compiled_schema> metaschemas_;
};

/* A metaschema of an old draft does not know that a $ref stands alone, and that of 2020-12 still has what went. */
void
leave_references_alone(json &v, size_t draft)
{
	if (v.is_object() && v.contains("$ref") && draft <= draft_7)
		v = {{"$ref", draft == draft_4 ? json("k:nowhere") : v["$ref"]}};
	if (v.is_object() && draft == draft_2020)
	{
		v.erase("$recursiveAnchor");
		v.erase("$recursiveRef");
	}
	if (v.is_structured())
	{
		for (json &part : v)
			leave_references_alone(part, draft);
	}
}

/* Every keyword with every kind of value. */
TEST(schema_consistency, of_each_keyword_alone)
{
	const std::vector<const char *> keywords = {"$anchor",
												"$comment",
												"$defs",
												"$dynamicAnchor",
												"$dynamicRef",
												"$id",
												"$recursiveAnchor",
												"$recursiveRef",
												"$ref",
												"$vocabulary",
												"additionalItems",
												"additionalProperties",
												"allOf",
												"anyOf",
												"const",
												"contains",
												"contentEncoding",
												"contentMediaType",
												"contentSchema",
												"default",
												"definitions",
												"dependencies",
												"dependentRequired",
												"dependentSchemas",
												"deprecated",
												"description",
												"else",
												"enum",
												"examples",
												"exclusiveMaximum",
												"exclusiveMinimum",
												"format",
												"id",
												"if",
												"items",
												"maxContains",
												"maxItems",
												"maxLength",
												"maxProperties",
												"maximum",
												"minContains",
												"minItems",
												"minLength",
												"minProperties",
												"minimum",
												"multipleOf",
												"not",
												"oneOf",
												"pattern",
												"patternProperties",
												"prefixItems",
												"properties",
												"propertyNames",
												"readOnly",
												"required",
												"then",
												"title",
												"type",
												"unevaluatedItems",
												"unevaluatedProperties",
												"uniqueItems",
												"writeOnly"};
	const std::vector<const char *> values = {"null",
											  "true",
											  "false",
											  "0",
											  "1",
											  "1.0",
											  "1e2",
											  "-0.0",
											  "-1",
											  "0.5",
											  "1e400",
											  "1e-400",
											  R"("")",
											  R"("a")",
											  R"("A-1._")",
											  R"("_a")",
											  R"("a:b")",
											  R"("1a")",
											  R"("string")",
											  R"("#")",
											  R"("#a")",
											  R"("k:x#")",
											  R"("k:x#y")",
											  R"("(")",
											  "[]",
											  "{}",
											  "[[]]",
											  "[{}]",
											  "[true]",
											  "[1]",
											  R"(["a"])",
											  R"(["a", "b"])",
											  R"(["a", "a"])",
											  R"(["string"])",
											  R"(["null", "integer"])",
											  R"(["null", "null"])",
											  R"([1, 1.0])",
											  R"([null, 1])",
											  R"([{}, {}])",
											  R"([true, 1])",
											  R"([{"type": 1}])",
											  R"({"k:a": {}})",
											  R"({"k:a": true})",
											  R"({"k:a": 1})",
											  R"({"k:a": []})",
											  R"({"k:a": ["b"]})",
											  R"({"k:a": ["b", "b"]})",
											  R"({"k:a": [1]})",
											  R"({"k:(": {}})",
											  R"({"k:a": {"type": 1}})",
											  R"({"minimum": 1})",
											  R"({"minimum": "1"})"};
	consistency tested;
	size_t accepted = 0, count = 0;

	for (size_t draft = 0; draft < draft_uris.size(); draft++)
	{
		for (const char *const keyword : keywords)
		{
			for (const char *const value : values)
			{
				json schema = {{keyword, parse(value)}};

				leave_references_alone(schema, draft);
				accepted += tested.expect(draft, schema) ? 1 : 0;
				count++;
			}
		}
	}
	EXPECT_EQ(count, keywords.size() * values.size() * draft_uris.size());
	if (count < 1000)
		return; /* the shares of so few say nothing */
	EXPECT_GT(5 * accepted, count);
	EXPECT_LT(5 * accepted, 4 * count);
}

TEST(schema_consistency, of_keywords_together)
{
	consistency tested;

	for (size_t draft = 0; draft < draft_uris.size(); draft++)
	{
		for (const char *const schema :
			 {R"({"exclusiveMinimum": true, "minimum": 1})",
			  R"({"exclusiveMaximum": false, "maximum": 1})",
			  R"({"exclusiveMinimum": 1, "minimum": 1})",
			  R"({"exclusiveMaximum": true, "minimum": 1})",
			  R"({"items": [{}], "additionalItems": 1})",
			  R"({"items": {}, "additionalItems": false})", R"({"$defs": {"a": {"type": 7}}})",
			  R"({"definitions": {"a": {"type": 7}}})", R"({"unknown": {"type": 7}})",
			  R"({"const": {"type": 7}, "enum": [{"type": 7}]})",
			  R"({"properties": {"$ref": {}, "type": {"type": "string"}}})",
			  R"({"properties": {"a": {"not": {"items": {"required": [7]}}}}})",
			  R"({"anyOf": [{"dependencies": {"a": {"if": {"then": 7}}}}]})",
			  R"({"patternProperties": {"^a(b": {}}})", R"({"contentSchema": {"type": 7}})",
			  R"({"propertyNames": {"pattern": "[z-a]"}})", R"({"then": 7})"})
			tested.expect(draft, parse(schema));
	}
}

TEST(property, compilation_agrees_with_the_metaschema)
{
	consistency tested;
	size_t accepted = 0, count = 0;

	for_each_round([&](choices &choose) {
		const auto draft = choose.below(static_cast<uint32_t>(draft_uris.size()));
		json schema = any_attempt(choose);

		leave_references_alone(schema, draft);
		accepted += tested.expect(draft, schema) ? 1 : 0;
		count++;
	});
	if (count < 1000)
		return; /* the shares of so few say nothing */
	EXPECT_GT(5 * accepted, count);
	EXPECT_LT(5 * accepted, 4 * count);
}

} // namespace
