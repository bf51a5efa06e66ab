#include "schema/library.hpp"

#include "jsonb/pointer.hpp"
#include "jsonb/text.hpp"
#include "pg/failure.hpp"
#include "schema/form_check.hpp"
#include "schema/metaschema.hpp"
#include "schema/uri.hpp"

#include <algorithm>

namespace migsafe::schema {
namespace {

[[noreturn]] void
leads_nowhere(std::string_view reference, const place &at, const std::string &why)
{
	throw failure(sqlstate("22023"), "invalid JSON Schema: the reference " +
										 jsonb::shortened(reference, 200) + " leads nowhere")
		.detail("It stands at " + at.text() + ". " + why)
		.hint("Mend the reference, or define what it refers to.");
}

} // namespace

library::library(std::string_view root, const source &registered, const jsonb::host &process)
	: source_(registered), process_(process)
{
	add_document({std::string(root), false}, {});
}

const library::document &
library::keep(const loaded &found, const std::string &uri)
{
	document &kept = documents_.emplace_back();

	kept.uri = uri;
	kept.bytes = std::make_unique<char[]>(found.bytes.size());
	kept.size = found.bytes.copy(kept.bytes.get(), found.bytes.size());
	kept.registered = found.registered;
	kept.root = jsonb::root_of(kept.text());
	return kept;
}

resource &
library::add_document(const loaded &found, const std::string &uri)
{
	const document &added = keep(found, uri);
	const place at(added.uri);
	const dialect inherited = resources_.empty() ? dialect() : resources_.front().terms;

	require_schema(added.root, inherited, at);

	resource &root = add_resource({added.root, nullptr, at}, uri,
								  dialect_of(added.root, inherited, at), documents_.size());

	scan({{added.root, &root, at}});
	return root;
}

/*
 * Identifiers in the root document count before all others.  Elsewhere they
 * never hide what is registered under that URI, or it would depend on the order
 * of references which one is found.
 */
bool
library::may_claim(const std::string &uri, size_t number) const
{
	return resources_.front().document == number || documents_.back().uri == uri ||
		   (metaschema(uri).empty() && !source_.find(uri));
}

resource &
library::add_resource(const located &root, const std::string &uri, const dialect &terms,
					  size_t number)
{
	resource &added = resources_.emplace_back();

	added.uri = uri;
	added.root = {root.schema, &added, root.at};
	added.terms = terms;
	added.document = number;
	if (may_claim(uri, number))
		by_uri_.emplace(uri, &added);
	if (root.schema.is_container())
		by_address_.emplace(root.schema.data, &added);
	return added;
}

size_t
library::size() const
{
	size_t size = 0;

	for (const document &d : documents_)
		size += d.size;
	return size;
}

std::vector<registered_document>
library::registered() const
{
	std::vector<registered_document> list;

	for (const document &d : documents_)
	{
		const auto same = [&](const registered_document &other) { return other.uri == d.uri; };

		if (d.registered && std::none_of(list.begin(), list.end(), same))
		{
			const auto found = by_uri_.find(d.uri);

			list.push_back({d.uri, d.root, found == by_uri_.end() ? nullptr : found->second});
		}
	}
	return list;
}

const resource *
library::home_of(const jsonb::value &schema, const resource *around) const
{
	const auto found = by_address_.find(schema.data);

	return found == by_address_.end() ? around : found->second;
}

std::optional<library::loaded>
library::load(const std::string &uri) const
{
	const std::string_view bundled = metaschema(uri);

	if (!bundled.empty())
		return loaded{source_.parse(bundled), false};

	auto found = source_.find(uri);

	return found ? std::optional(loaded{std::move(*found), true}) : std::nullopt;
}

resource *
library::find(const std::string &uri)
{
	const auto found = by_uri_.find(uri);

	if (found != by_uri_.end())
		return found->second;

	const auto named = load(uri);

	return named ? &add_document(*named, uri) : nullptr;
}

std::optional<located>
library::resolve(const resource &base, std::string_view reference, const place &at)
{
	const std::string uri = resolve_uri(base.uri, reference);
	const std::string fragment = percent_decoded(fragment_of(reference));
	const resource *const found = find(uri);

	if (found == nullptr)
		return std::nullopt;
	if (found->uri != uri)
		aliases_.push_back(
			{at, found->uri + (fragment.empty() ? "" : "#" + std::string(fragment_of(reference)))});
	if (fragment.empty())
		return found->root;
	if (fragment.starts_with('/'))
		return walk(*found, fragment, reference, at);

	const auto named = found->anchors.find(fragment);

	if (named == found->anchors.end())
		leads_nowhere(reference, at, "There is no anchor of that name.");
	return named->second.target;
}

bool
library::is_dynamic(const resource &home, std::string_view reference)
{
	const auto named = home.anchors.find(percent_decoded(fragment_of(reference)));

	return named != home.anchors.end() && named->second.dynamic;
}

located
library::walk(const resource &from, const std::string &text, std::string_view reference,
			  const place &at) const
{
	const jsonb::pointer pointer = jsonb::parse_pointer(text, jsonb::stars::literal);
	located here = from.root;

	if (!pointer.error.empty())
		leads_nowhere(reference, at, "Its fragment is no JSON Pointer: " + pointer.error + ".");
	for (const jsonb::pointer_token &token : pointer.tokens)
	{
		std::optional<jsonb::value> next;

		if (here.schema.is_object())
			next = jsonb::container(here.schema).find(token.name);
		else if (here.schema.is_array())
		{
			const jsonb::container elements(here.schema);
			const long index = jsonb::array_index(token.name);

			if (index >= 0 && index < static_cast<long>(elements.count()))
				next = elements.element(static_cast<uint32_t>(index));
		}
		here.at = here.at.below(token.name);
		if (!next)
			leads_nowhere(reference, at, "There is nothing at " + here.at.text() + ".");
		here.schema = *next;
		here.home = home_of(here.schema, here.home);
	}
	return here;
}

dialect
library::dialect_of(const jsonb::value &root, const dialect &otherwise, const place &at)
{
	const auto name =
		root.is_object() ? jsonb::container(root).find("$schema") : std::optional<jsonb::value>();

	return name ? read_dialect(*name, at,
							   [this](const std::string &uri) { return find_metaschema(uri); })
				: otherwise;
}

/* A bundle has its metaschema among its definitions, but only the metaschema tells where those are. */
std::optional<jsonb::value>
library::find_metaschema(const std::string &uri)
{
	const jsonb::value &root = documents_.front().root;

	for (const char *const key : {"$defs", "definitions"})
	{
		const auto definitions = jsonb::container(root).find(key);

		if (!definitions || !definitions->is_object())
			continue;
		for (jsonb::cursor items(*definitions); items.next();)
		{
			const auto id = items.current().is_object()
								? jsonb::container(items.current()).find("$id")
								: std::optional<jsonb::value>();

			if (id && id->is_string() && id->bytes() == uri)
				return items.current();
		}
	}

	if (const auto known = metaschemas_.find(uri); known != metaschemas_.end())
		return known->second;

	const auto metaschema = load(uri);

	if (!metaschema)
		return std::nullopt;
	return metaschemas_.emplace(uri, keep(*metaschema, uri).root).first->second;
}

} // namespace migsafe::schema
