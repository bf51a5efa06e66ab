/*
 * metaschema_test.cpp
 *		The bundled metaschemas: each is there under its own name, and together they are complete.
 */
#include "schema/metaschema.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace migsafe::schema;
using nlohmann::json;

namespace {

using strings = std::vector<std::string>;
using string_set = std::set<std::string>;

constexpr size_t draft_length = std::string_view("https://json-schema.org/draft/2020-12/").size();

strings
old_uris()
{
	return {"http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-06/schema",
			"http://json-schema.org/draft-07/schema"};
}

/* The metaschema of a draft since 2019-09, and those of its vocabularies. */
strings
draft_uris(const std::string &draft, const strings &vocabularies)
{
	const std::string base = "https://json-schema.org/draft/" + draft;
	strings uris = {base + "/schema"};

	for (const std::string &vocabulary : vocabularies)
		uris.emplace_back(base).append("/meta/").append(vocabulary);
	return uris;
}

strings
uris_2019_09()
{
	return draft_uris("2019-09",
					  {"core", "applicator", "validation", "meta-data", "format", "content"});
}

strings
uris_2020_12()
{
	return draft_uris("2020-12", {"core", "applicator", "unevaluated", "validation", "meta-data",
								  "format-annotation", "format-assertion", "content"});
}

strings
all_uris()
{
	strings uris = old_uris();

	for (const auto &more : {uris_2019_09(), uris_2020_12()})
		uris.insert(uris.end(), more.begin(), more.end());
	return uris;
}

json
parsed(const std::string &uri)
{
	return json::parse(metaschema(uri), nullptr, false);
}

/* Whether the fragment (without #) leads to a schema of the document. */
bool
leads_somewhere(const json &document, const std::string &fragment)
{
	if (fragment.empty())
		return true;
	if (fragment[0] != '/')
		return document.value("$dynamicAnchor", "") == fragment;
	return document.contains(json::json_pointer(fragment));
}

/* Whether a reference, as it stands in the document of that URI, resolves among the bundled. */
bool
resolves(const std::string &uri, const std::string &reference)
{
	const size_t hash = reference.find('#');
	const std::string path = reference.substr(0, hash);
	const std::string fragment = hash == std::string::npos ? "" : reference.substr(hash + 1);
	const std::string target = path.empty() ? uri : uri.substr(0, uri.rfind('/') + 1) + path;

	return !metaschema(target).empty() && leads_somewhere(parsed(target), fragment);
}

using visitor = std::function<void(const std::string &keyword, const std::string &reference)>;

void
visit_references(const json &v, const visitor &visit)
{
	if (v.is_object())
	{
		for (const char *keyword : {"$ref", "$dynamicRef", "$recursiveRef"})
		{
			if (v.contains(keyword) && v[keyword].is_string())
				visit(keyword, v[keyword]);
		}
	}
	if (v.is_structured())
	{
		for (const json &member : v)
			visit_references(member, visit);
	}
}

TEST(metaschema, each_is_json)
{
	for (const std::string &uri : all_uris())
		EXPECT_TRUE(parsed(uri).is_object()) << uri;
}

TEST(metaschema, each_has_its_uri_and_describes_itself)
{
	for (const std::string &uri : all_uris())
	{
		const json document = parsed(uri);
		const bool draft_4 = uri.find("draft-04") != std::string::npos;
		const bool old = uri.find("/draft-0") != std::string::npos;
		const std::string main = old ? uri + "#" : uri.substr(0, draft_length) + "schema";

		EXPECT_EQ(document.value(draft_4 ? "id" : "$id", ""), old ? uri + "#" : uri);
		EXPECT_EQ(document.value("$schema", ""), main) << uri;
	}
}

TEST(metaschema, each_reference_resolves)
{
	for (const std::string &uri : all_uris())
	{
		visit_references(parsed(uri), [&](const std::string &keyword, const std::string &to) {
			EXPECT_TRUE(resolves(uri, to)) << uri << " has " << keyword << " to " << to;
		});
	}
}

TEST(metaschema, references_are_those_of_the_draft)
{
	std::vector<string_set> keywords;

	for (const auto &uris : {old_uris(), uris_2019_09(), uris_2020_12()})
	{
		keywords.emplace_back();
		for (const std::string &uri : uris)
		{
			visit_references(parsed(uri), [&](const std::string &keyword, const std::string &) {
				keywords.back().insert(keyword);
			});
		}
	}
	EXPECT_EQ(keywords, (std::vector<string_set>{
							{"$ref"}, {"$recursiveRef", "$ref"}, {"$dynamicRef", "$ref"}}));
}

/* Without these anchors, a metaschema of one's own would not extend down into subschemas. */
TEST(metaschema, each_may_be_extended)
{
	for (const std::string &uri : uris_2019_09())
		EXPECT_EQ(parsed(uri)["$recursiveAnchor"], true) << uri;
	for (const std::string &uri : uris_2020_12())
		EXPECT_EQ(parsed(uri)["$dynamicAnchor"], "meta") << uri;
}

/* Only assertion by format, which takes the place of annotation, is left to who asks for it. */
TEST(metaschema, a_draft_consists_of_its_vocabularies)
{
	for (const auto &uris : {uris_2019_09(), uris_2020_12()})
	{
		const json document = parsed(uris[0]);
		string_set named, included;

		for (const auto &[uri, required] : document["$vocabulary"].items())
			named.insert(uri.substr(uri.rfind('/') + 1));
		for (const json &part : document["allOf"])
			included.insert(part["$ref"].get<std::string>().substr(5));
		EXPECT_EQ(named, included);
		EXPECT_EQ(named.count("format-assertion"), 0u);
		EXPECT_EQ(named.size(), uris.size() - (included.count("format-annotation") ? 2 : 1));
	}
}

/* What the metaschemas together say something of, unlike keywords that they leave alone. */
string_set
keywords_of(const strings &uris)
{
	string_set keywords;

	for (const std::string &uri : uris)
	{
		const json document = parsed(uri);

		for (const auto &[keyword, schema] : document["properties"].items())
			keywords.insert(keyword);
	}
	return keywords;
}

/* What is in a and not in b. */
string_set
without(const string_set &a, const string_set &b)
{
	string_set rest;

	std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(rest, rest.end()));
	return rest;
}

TEST(metaschema, drafts_differ_by_the_keywords_that_came_and_went)
{
	const string_set draft_4 = keywords_of({old_uris()[0]}), draft_6 = keywords_of({old_uris()[1]}),
					 draft_7 = keywords_of({old_uris()[2]}), d2019 = keywords_of(uris_2019_09()),
					 d2020 = keywords_of(uris_2020_12());

	EXPECT_EQ(draft_4.size(), 33u);
	EXPECT_EQ(without(draft_4, draft_6), string_set({"id"}));
	EXPECT_EQ(without(draft_6, draft_4),
			  string_set({"$id", "$ref", "const", "contains", "examples", "propertyNames"}));
	EXPECT_EQ(without(draft_6, draft_7), string_set());
	EXPECT_EQ(without(draft_7, draft_6),
			  string_set({"$comment", "contentEncoding", "contentMediaType", "if", "then", "else",
						  "readOnly", "writeOnly"}));
	EXPECT_EQ(without(draft_7, d2019), string_set());
	EXPECT_EQ(
		without(d2019, draft_7),
		string_set({"$anchor", "$defs", "$recursiveAnchor", "$recursiveRef", "$vocabulary",
					"contentSchema", "dependentRequired", "dependentSchemas", "deprecated",
					"maxContains", "minContains", "unevaluatedItems", "unevaluatedProperties"}));
	EXPECT_EQ(without(d2019, d2020), string_set({"additionalItems"}));
	EXPECT_EQ(without(d2020, d2019), string_set({"$dynamicAnchor", "$dynamicRef", "prefixItems"}));
}

/* Every keyword is constrained but those that take anything. */
TEST(metaschema, few_keywords_take_anything)
{
	for (const std::string &uri : all_uris())
	{
		const json document = parsed(uri);

		for (const auto &[keyword, schema] : document["properties"].items())
			EXPECT_EQ(schema == true || schema.empty(), keyword == "default" || keyword == "const")
				<< keyword << " in " << uri;
	}
}

TEST(metaschema, others_are_none)
{
	for (const char *uri :
		 {"", "#", "http://json-schema.org/draft-07/schema#",
		  "https://json-schema.org/draft-07/schema", "http://json-schema.org/draft-03/schema",
		  "http://json-schema.org/draft-07/schem", "https://json-schema.org/draft/2020-12/schema/",
		  "https://json-schema.org/draft/2020-12/meta",
		  "https://json-schema.org/draft/2020-12/meta/format", "zzz"})
		EXPECT_TRUE(metaschema(uri).empty()) << uri;
}

} // namespace
