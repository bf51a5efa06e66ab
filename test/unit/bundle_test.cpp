/*
 * bundle_test.cpp
 *		Bundles: a schema with all that it needs, which stands alone and says the same.
 */
#include "schema/bundle.hpp"

#include "jsonb/value.hpp"
#include "support/builder.hpp"
#include "support/reader.hpp"
#include "support/schema_table.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

std::string
bundled(std::string_view schema, const memory_source &registered)
{
	schema_engine tested;
	const std::string document = encoded(schema);
	const std::string bundle =
		tested.bundle(*tested.compile_document(document, registered), document);

	EXPECT_NO_THROW(jsonb::check_structure(bundle)) << schema;
	EXPECT_EQ(tested.process().outstanding(), 0u);
	return decoded(bundle);
}

/* A bundle needs nobody, judges as the schema does, and is its own bundle. */
void
expect_stands_alone(std::string_view schema, const memory_source &registered,
					const std::vector<const char *> &documents)
{
	const std::string bundle = bundled(schema, registered);
	const memory_source nobody;
	size_t valid = 0;

	for (const char *const document : documents)
	{
		const bool verdict = matches(schema, document, registered);

		EXPECT_EQ(matches(bundle, document, nobody), verdict) << bundle << " on " << document;
		valid += verdict ? 1 : 0;
	}
	EXPECT_GT(valid, 0u) << schema;
	EXPECT_LT(valid, documents.size()) << schema;
	EXPECT_TRUE(nobody.asked().empty()) << bundle << " asked for " << nobody.asked().front();
	EXPECT_EQ(bundled(bundle, nobody), bundle);
}

/* The reference to a schema of draft 2020-12 that nobody has to look up. */
TEST(bundle, of_nothing)
{
	const char *const schema =
		R"({"$defs": {"a": {"$id": "k:a"}}, "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "k:a"}]})";

	EXPECT_EQ(bundled(schema, {}), decoded(encoded(schema)));
	EXPECT_EQ(bundled("true", {}), "true");
	EXPECT_EQ(bundled(of_draft(draft_uris[2], R"({"$ref": ")" + draft_uris[2] + R"("})"), {}),
			  of_draft(draft_uris[2], R"({"$ref": ")" + draft_uris[2] + R"("})"));
}

TEST(bundle, under_its_identifier)
{
	EXPECT_EQ(bundled(R"({"$ref": "k:a"})", {{"k:a", R"({"type": "null"})"}}),
			  R"({"$defs": {"k:a": {"$id": "k:a", "type": "null"}}, "$ref": "k:a"})");
	EXPECT_EQ(bundled(R"({"$ref": "k:a"})", {{"k:a", R"({"$id": "k:a"})"}}),
			  R"({"$defs": {"k:a": {"$id": "k:a"}}, "$ref": "k:a"})");
	EXPECT_EQ(bundled(of_draft(draft_uris[2], R"({"$ref": "k:a"})"), {{"k:a", "{}"}}),
			  R"({"$ref": "k:a", "$schema": ")" + draft_uris[2] +
				  R"(", "definitions": {"k:a": {"$id": "k:a"}}})");
	EXPECT_EQ(bundled(of_draft(draft_uris[0], R"({"not": {"$ref": "k:a"}})"), {{"k:a", "{}"}}),
			  R"({"$schema": ")" + draft_uris[0] +
				  R"(", "definitions": {"k:a": {"id": "k:a"}}, "not": {"$ref": "k:a"}})");
}

TEST(bundle, names_that_are_taken)
{
	EXPECT_EQ(
		bundled(R"({"$ref": "k:a", "$defs": {"k:a": true, "k:a_": false}})", {{"k:a", "{}"}}),
		decoded(encoded(
			R"({"$ref": "k:a", "$defs": {"k:a": true, "k:a_": false, "k:a__": {"$id": "k:a"}}})")));
}

TEST(bundle, booleans)
{
	const memory_source registered{{"k:yes", "true"}, {"k:no", "false"}};

	EXPECT_EQ(
		bundled(R"({"properties": {"a": {"$ref": "k:yes"}, "b": {"$ref": "k:no"}}})", registered),
		decoded(encoded(R"({"properties": {"a": {"$ref": "k:yes"}, "b": {"$ref": "k:no"}},
				"$defs": {"k:yes": {"$id": "k:yes"}, "k:no": {"$id": "k:no", "not": {}}}})")));
	expect_stands_alone(R"({"properties": {"a": {"$ref": "k:yes"}, "b": {"$ref": "k:no"}}})",
						registered, {R"({"a": 1})", R"({"b": 1})"});
}

TEST(bundle, stands_alone)
{
	const memory_source registered{
		{"http://a/address", R"({"$anchor": "x", "required": ["street"],
			"properties": {"country": {"$ref": "types/country#code"}}})"},
		{"http://a/types/country",
		 R"({"$defs": {"code": {"$anchor": "code", "pattern": "^[A-Z]{2}$"}}})"}};

	expect_stands_alone(
		R"({"$id": "http://a/person", "properties": {"home": {"$ref": "address"}, "work": {"$ref": "address#x"}}})",
		registered,
		{R"({"home": {"street": "x"}})", R"({"home": {}})", R"({"work": {}})",
		 R"({"work": {"street": "x", "country": "GB"}})",
		 R"({"home": {"street": "x", "country": "gb"}})"});
	expect_stands_alone(R"({"$ref": "http://a/address#/properties/country"})", registered,
						{R"("GB")", R"("x")"});
}

/* Registered under one URI, and by its own identifier under another. */
TEST(bundle, aliases)
{
	const memory_source registered{
		{"k:alias", R"({"$id": "http://a/real", "$defs": {"n": {"$anchor": "n", "type": "null"}},
			"items": {"$ref": "#n"}, "properties": {"self": {"$ref": "k:alias"}}})"},
		{"k:other", R"({"properties": {"list": {"$ref": "k:alias#n"}}})"}};

	EXPECT_EQ(
		bundled(R"({"items": {"$ref": "k:alias#n"}, "$ref": "k:alias"})", registered),
		decoded(encoded(
			R"({"items": {"$ref": "http://a/real#n"}, "$ref": "http://a/real", "$defs": {"http://a/real":
				{"$id": "http://a/real", "$defs": {"n": {"$anchor": "n", "type": "null"}},
				"items": {"$ref": "#n"}, "properties": {"self": {"$ref": "http://a/real"}}}}})")));
	expect_stands_alone(R"({"$ref": "k:alias"})", registered,
						{"[null]", "[1]", R"({"self": [1]})", R"({"self": {"self": [null]}})"});
	expect_stands_alone(R"({"allOf": [{"$ref": "k:other"}, {"$ref": "k:alias"}]})", registered,
						{R"({"list": null})", R"({"list": 1})", R"({"self": [1]})"});
}

/* What nobody uses in another document may refer to what nobody has, and so it may in the bundle. */
TEST(bundle, unused_references)
{
	const memory_source registered{
		{"k:a", R"({"$defs": {"n": {"type": "null"}, "gone": {"$ref": "k:gone"},
			"nowhere": {"$ref": "#/nowhere"}}, "$ref": "#/$defs/n"})"},
		{"k:alias",
		 R"({"$id": "k:real", "$defs": {"n": {"type": "null"}, "self": {"$ref": "k:alias"}}})"}};

	expect_stands_alone(R"({"$ref": "k:a"})", registered, {"null", "1"});
	expect_stands_alone(R"({"$ref": "k:alias#/$defs/n"})", registered, {"null", "1"});
}

/* Of a URI that is relative, or is called as the root is. */
TEST(bundle, relative_identifiers)
{
	const memory_source registered{{"http://a/b/c", R"({"$id": "/b/c", "type": "null"})"}};

	expect_stands_alone(R"({"$id": "http://a/b/root", "$ref": "c"})", registered, {"null", "1"});
}

/* Up to draft 7 an identifier beside a $ref is none. */
TEST(bundle, old_roots_that_refer)
{
	for (size_t draft = 0; draft < 3; draft++)
	{
		const memory_source registered{
			{"k:a", of_draft(draft_uris[draft], R"({"$ref": "#/definitions/x", "type": "string",
				"definitions": {"x": {"type": "null"}}})")},
			{"k:b", of_draft(draft_uris[draft], R"({"$ref": "k:a"})")}};

		expect_stands_alone(of_draft(draft_uris[draft], R"({"not": {"$ref": "k:a"}})"), registered,
							{"null", "1"});
		expect_stands_alone(of_draft(draft_uris[draft], R"({"items": {"$ref": "k:b"}})"),
							registered, {"[null]", "[1]"});
		expect_stands_alone(
			of_draft(draft_uris[draft], R"({"items": {"$ref": "k:a#/definitions/x"}})"), registered,
			{"[null]", "[1]"});
	}
}

/* Documents keep their drafts, whatever that of the root is. */
TEST(bundle, of_several_drafts)
{
	const memory_source registered{
		{"k:4",
		 of_draft(draft_uris[0], R"({"id": "k:4", "minimum": 1, "exclusiveMinimum": true})")},
		{"k:7",
		 of_draft(draft_uris[2], R"({"items": [{"type": "null"}], "prefixItems": [false]})")},
		{"k:2020", of_draft(draft_uris[4], R"({"prefixItems": [{"type": "string"}]})")}};
	const std::string all = R"({"allOf": [{"$ref": "k:4"}, {"$ref": "k:7"}, {"$ref": "k:2020"}]})";

	expect_stands_alone(all, registered, {"1", "2", "[null]", R"(["a"])", "[]", "0.5"});
	for (const size_t draft : {1, 2, 3})
		expect_stands_alone(of_draft(draft_uris[draft], all), registered,
							{"1", "2", "[null]", R"(["a"])", "[]"});
}

TEST(bundle, metaschema_of_ones_own)
{
	const memory_source registered{
		{"k:meta", of_draft(draft_uris[4], R"({"$id": "k:meta", "$vocabulary":
			{"https://json-schema.org/draft/2020-12/vocab/applicator": true}})")},
		{"k:typed", of_draft("k:meta", R"({"type": "null", "items": false})")},
		{"k:plain", R"({"type": "array"})"}};

	expect_stands_alone(of_draft("k:meta", R"({"type": "null", "items": false})"), registered,
						{"1", "[]", "[1]"});
	expect_stands_alone(of_draft("k:meta", R"({"allOf": [{"$ref": "k:typed"}], "type": "null"})"),
						registered, {"1", "[1]"});
	expect_stands_alone(R"({"allOf": [{"$ref": "k:typed"}, {"$ref": "k:plain"}]})", registered,
						{"1", "[]", "[1]"});
}

TEST(bundle, dynamic_references_go_on)
{
	const memory_source registered{
		{"k:tree",
		 R"({"$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}})"}};

	expect_stands_alone(
		R"({"$id": "k:strict", "$dynamicAnchor": "node", "$ref": "k:tree", "unevaluatedProperties": false})",
		registered, {R"({"child": {}})", R"({"child": {"chidl": 1}})"});
}

} // namespace
