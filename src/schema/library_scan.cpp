/*
 * library_scan.cpp
 *		What the schemas of a document say of themselves: identifiers, anchors, and what is wrong with them.
 */
#include "pg/failure.hpp"
#include "schema/library.hpp"
#include "schema/pattern.hpp"
#include "schema/uri.hpp"
#include "schema/value_set.hpp"

namespace migsafe::schema {

void
library::scan(std::vector<pending> found)
{
	while (!found.empty())
	{
		const pending next = std::move(found.back());

		found.pop_back();
		if (!next.schema.is_object())
			continue;

		/* Only a schema with an identifier may be of another dialect than the one around it. */
		const jsonb::container members(next.schema);
		const dialect terms = members.find("$id") || members.find("id")
								  ? dialect_of(next.schema, next.around->terms, next.at)
								  : next.around->terms;
		const schema_object object(next.schema, terms, next.at);
		resource &home = identify(object, next, terms);

		process_.check();
		check_patterns(object);
		if (terms.version == draft::draft4)
			check_values(object);
		add_anchors(object, next.schema, home);
		if (&home == &resources_.front())
			note_references(object);
		object.for_each_subschema([&](const jsonb::value &v, place at) {
			found.push_back({v, &home, std::move(at)});
		});
	}
}

/* Also in definitions that nobody uses, which are never compiled. */
void
library::check_patterns(const schema_object &object) const
{
	const auto check = [&](keyword k, std::string_view text) {
		const std::string error = pattern_error(process_.utf8(text));

		if (!error.empty())
			object.fail(k, "is no regular expression: " + error,
						"Patterns are regular expressions of ECMA-262, as in JavaScript.");
	};

	if (object.has(keyword::pattern))
		check(keyword::pattern, object[keyword::pattern].bytes());
	if (!object.has(keyword::pattern_properties))
		return;
	for (jsonb::cursor items(object[keyword::pattern_properties]); items.next();)
		check(keyword::pattern_properties, items.key());
}

/* In draft 4 the values of an enum have to be different (validation, section 5.5.1.1). */
void
library::check_values(const schema_object &object) const
{
	constexpr keyword k = keyword::enumeration;

	if (!object.has(k))
		return;

	const equal_pair equal = find_equal_pair(object[k], process_);

	if (equal.found())
		object.fail(k, "has equal values",
					"Leave one of numbers " + std::to_string(equal.first) + " and " +
						std::to_string(equal.second) + " out.");
}

/* An embedded resource may be another document in a bundle, of which only what is used counts. */
void
library::note_references(const schema_object &object)
{
	for (const keyword k : {keyword::ref, keyword::dynamic_ref, keyword::recursive_ref})
	{
		if (object.has(k))
			references_.push_back({object[k].bytes(), object.place_of(k)});
	}
}

resource &
library::identify(const schema_object &object, const pending &found, const dialect &terms)
{
	if (!object.has(keyword::id))
		return *found.around;

	const std::string_view id = object[keyword::id].bytes();
	const std::string_view fragment = fragment_of(id);
	const bool is_root = found.schema.data == found.around->root.schema.data;
	const std::string uri = resolve_uri(found.around->uri, id);

	if (!fragment.empty() && terms.version >= draft::draft2019)
		object.fail(keyword::id, "must not have a fragment",
					"Use $anchor for a name within a schema.");

	resource *home = found.around;

	if (is_root)
	{
		home->uri = uri;
		if (may_claim(uri, home->document))
			by_uri_.emplace(uri, home);
	}
	else if (fragment.empty() || uri != home->uri)
	{
		const auto other = by_uri_.find(uri);

		if (other != by_uri_.end() && other->second->document == home->document)
			object.fail(keyword::id, "is the identifier of another schema as well",
						"The other one is at " + other->second->root.at.text() + ".");
		home = &add_resource({found.schema, nullptr, found.at}, uri, terms, home->document);
	}
	if (!fragment.empty())
		add_anchor(object, keyword::id, fragment, found.schema, *home);
	return *home;
}

void
library::add_anchors(const schema_object &object, const jsonb::value &v, resource &home)
{
	for (const keyword k : {keyword::anchor, keyword::dynamic_anchor})
	{
		if (object.has(k))
			add_anchor(object, k, object[k].bytes(), v, home);
	}
	if (v.data == home.root.schema.data && object.has(keyword::recursive_anchor))
		home.recursive_anchor = object[keyword::recursive_anchor].type == jsonb::format::type_true;
}

void
library::add_anchor(const schema_object &object, keyword k, std::string_view name,
					const jsonb::value &v, resource &home)
{
	const auto [it, added] =
		home.anchors.try_emplace(std::string(name), anchor{{v, &home, object.at()}});

	if (!added && it->second.target.schema.data != v.data)
		object.fail(k, "is the name of another schema as well",
					"The other one is at " + it->second.target.at.text() + ".");
	it->second.dynamic |= k == keyword::dynamic_anchor;
}

} // namespace migsafe::schema
