/*
 * dialect_test.cpp
 *		What a $schema makes of a schema: drafts, and metaschemas of one's own.
 */
#include "support/schema_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

enum draft_number { draft4, draft6, draft7, draft2019, draft2020 };

struct keyword_row
{
	const char *schema, *value; /* which does not match where the keyword is known */
	draft_number first, last;   /* where it is */
};

TEST(dialect, keywords_by_draft)
{
	for (const keyword_row &row : std::vector<keyword_row>{
			 {R"({"type": "null"})", "1", draft4, draft2020},
			 {R"({"const": 1})", "2", draft6, draft2020},
			 {R"({"contains": false})", "[1]", draft6, draft2020},
			 {R"({"propertyNames": {"maxLength": 0}})", R"({"a": 1})", draft6, draft2020},
			 {R"({"if": {}, "then": {"type": "null"}})", "1", draft7, draft2020},
			 {R"({"dependentRequired": {"a": ["b"]}})", R"({"a": 1})", draft2019, draft2020},
			 {R"({"dependentSchemas": {"a": {"maxProperties": 0}}})", R"({"a": 1})", draft2019,
			  draft2020},
			 {R"({"unevaluatedItems": {"type": "null"}})", "[1]", draft2019, draft2020},
			 {R"({"unevaluatedProperties": {"type": "null"}})", R"({"a": 1})", draft2019,
			  draft2020},
			 {R"({"contains": {}, "maxContains": 0})", "[1]", draft2019, draft2020},
			 {R"({"prefixItems": [{"type": "null"}]})", "[1]", draft2020, draft2020},
			 {R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})", draft4, draft2020},
			 {R"({"items": [{}], "additionalItems": {"type": "null"}})", "[1, 2]", draft4,
			  draft2019},
			 {R"({"type": "integer", "title": "1.0 is none"})", "1.0", draft4, draft4},
			 {R"({"minimum": 1, "exclusiveMinimum": true})", "1", draft4, draft4},
			 {R"({"exclusiveMinimum": 1})", "1", draft6, draft2020},
			 {R"({"$defs": {"a": {"$anchor": "b", "type": "null"}}, "items": {"$ref": "#b"}})",
			  "[1]", draft2019, draft2020},
			 {R"({"$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a", "type": "null"}}})",
			  "1", draft2020, draft2020},
		 })
	{
		for (int draft = draft4; draft <= draft2020; draft++)
		{
			const std::string schema = of_draft(draft_uris[static_cast<size_t>(draft)], row.schema);
			const bool known = draft >= row.first && draft <= row.last;

			if (known)
				EXPECT_FALSE(matches(schema, row.value)) << schema;
			else
				EXPECT_TRUE(!broken_by(schema).empty() || matches(schema, row.value)) << schema;
		}
	}
}

TEST(dialect, siblings_of_references)
{
	for (int draft = draft4; draft <= draft2020; draft++)
		EXPECT_EQ(
			matches(
				of_draft(
					draft_uris[static_cast<size_t>(draft)],
					R"({"definitions": {"a": {}}, "properties": {"b": {"$ref": "#/definitions/a", "type": "null"}}})"),
				R"({"b": 1})"),
			draft <= draft7)
			<< draft;
}

TEST(dialect, the_default_is_the_last)
{
	EXPECT_FALSE(matches(R"({"prefixItems": [{"type": "null"}]})", "[1]"));
}

/* With or without an empty fragment. */
TEST(dialect, spellings)
{
	EXPECT_TRUE(
		matches(R"({"$schema": "http://json-schema.org/draft-04/schema", "const": 1})", "2"));
	EXPECT_TRUE(
		matches(R"({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1})", "2"));
	EXPECT_FALSE(matches(
		R"({"$schema": "https://json-schema.org/draft/2020-12/schema#", "const": 1})", "2"));
	EXPECT_NE(broken_by(R"({"$schema": "https://json-schema.org/draft-07/schema#"})"), "");
}

/* A part with an identifier may be of another draft. */
TEST(dialect, of_an_embedded_schema)
{
	const std::string schema =
		R"({"$defs": {"a": {"$id": "k:a", "$schema": ")" + draft_uris[draft7] +
		R"(", "items": [{"type": "null"}], "prefixItems": [false]}}, "$ref": "k:a"})";

	EXPECT_TRUE(matches(schema, "[null]"));
	EXPECT_FALSE(matches(schema, "[1]"));
	EXPECT_NE(broken_by(R"({"$defs": {"a": {"items": [{}]}}})"), "");
}

/* A metaschema with these vocabularies, in JSON, and a schema in its terms. */
bool
matches_with(const char *vocabularies, const std::string &schema, const char *document,
			 draft_number draft = draft2020)
{
	const memory_source registered{
		{"k:meta", of_draft(draft_uris[draft], std::string(R"({"$id": "k:meta", "$vocabulary": )") +
												   vocabularies + "}")}};

	return matches(of_draft("k:meta", schema), document, registered);
}

TEST(dialect, vocabularies)
{
	const char *const applicators = R"({"https://json-schema.org/draft/2020-12/vocab/core": true,
		"https://json-schema.org/draft/2020-12/vocab/applicator": true})";
	const char *const validation =
		R"({"https://json-schema.org/draft/2020-12/vocab/validation": false})";

	EXPECT_TRUE(matches_with(applicators, R"({"type": "null"})", "1"));
	EXPECT_FALSE(matches_with(applicators, R"({"items": false})", "[1]"));
	EXPECT_TRUE(matches_with(applicators, R"({"unevaluatedItems": false})", "[1]"));
	EXPECT_FALSE(matches_with(validation, R"({"type": "null"})", "1"));
	EXPECT_TRUE(matches_with(validation, R"({"items": false})", "[1]"));
	EXPECT_FALSE(matches_with(R"({"https://json-schema.org/draft/2019-09/vocab/applicator": true})",
							  R"({"unevaluatedItems": false})", "[1]", draft2019));
}

TEST(dialect, formats_are_asserted_where_the_vocabulary_says_so)
{
	for (const char *const required : {"true", "false"})
	{
		const std::string v2020 =
			std::string(R"({"https://json-schema.org/draft/2020-12/vocab/format-assertion": )") +
			required + "}";
		const std::string v2019 =
			std::string(R"({"https://json-schema.org/draft/2019-09/vocab/format": )") + required +
			"}";

		EXPECT_FALSE(matches_with(v2020.c_str(), R"({"format": "date"})", R"("x")"));
		EXPECT_EQ(matches_with(v2019.c_str(), R"({"format": "date"})", R"("x")", draft2019),
				  std::string_view(required) == "false");
	}
	EXPECT_TRUE(
		matches_with(R"({"https://json-schema.org/draft/2020-12/vocab/format-annotation": true})",
					 R"({"format": "date"})", R"("x")"));
}

TEST(dialect, unknown_vocabularies)
{
	const memory_source registered{{"k:needs", R"({"$vocabulary": {"k:other": true}})"},
								   {"k:likes", R"({"$vocabulary": {"k:other": false}})"}};

	EXPECT_EQ(broken_by(R"({"$schema": "k:needs"})", registered),
			  "22023\ninvalid JSON Schema: \"$schema\" requires the unknown vocabulary k:other\n"
			  "At /$schema stands \"k:needs\".\n"
			  "Those of drafts 2019-09 and 2020-12 are known; an optional one is ignored.\n");
	EXPECT_EQ(broken_by(R"({"$schema": "k:likes"})", registered), "");
}

TEST(dialect, metaschemas_that_describe_each_other)
{
	const memory_source registered{{"k:a", R"({"$schema": "k:b"})"},
								   {"k:b", R"({"$schema": "k:a"})"},
								   {"k:c", of_draft(draft_uris[draft4], "{}")},
								   {"k:d", R"({"$schema": "k:c"})"},
								   {"k:e", "true"}};

	EXPECT_NE(broken_by(R"({"$schema": "k:a"})", registered).find("names an unknown metaschema"),
			  std::string::npos);
	EXPECT_NE(broken_by(R"({"$schema": "k:e"})", registered).find("names an unknown metaschema"),
			  std::string::npos);
	EXPECT_TRUE(matches(R"({"$schema": "k:d", "const": 1})", "2", registered)) << "draft 4";
}

} // namespace
