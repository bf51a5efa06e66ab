#include "schema/compiler.hpp"
#include "schema/form_check.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"
#include "schema/uri.hpp"

namespace migsafe::schema {
namespace {

/* $recursiveAnchor, as a dynamic anchor, has a name that no other has. */
constexpr char recursive_name[] = "";

} // namespace

void
compiler::add_in_place(node &n, const schema_object &object, const resource &home)
{
	in_place_rules rules;

	for (const keyword k : {keyword::ref, keyword::dynamic_ref, keyword::recursive_ref})
	{
		if (object.has(k))
			add_reference(rules, object, k, home);
	}
	rules.all_of = subschemas(object, keyword::all_of, home);
	rules.any_of = subschemas(object, keyword::any_of, home);
	rules.one_of = subschemas(object, keyword::one_of, home);
	rules.negation = subschema(object, keyword::negation, home);
	rules.condition = subschema(object, keyword::if_schema, home);
	rules.consequence = subschema(object, keyword::then_schema, home);
	rules.alternative = subschema(object, keyword::else_schema, home);
	add_dependent_schemas(rules, object, keyword::dependent_schemas, home);
	add_dependent_schemas(rules, object, keyword::dependencies, home);
	if (!rules.references.empty() || !rules.all_of.empty() || !rules.any_of.empty() ||
		!rules.one_of.empty() || rules.negation || rules.condition || !rules.dependencies.empty())
		n.in_place = std::make_unique<in_place_rules>(std::move(rules));
}

void
compiler::add_reference(in_place_rules &rules, const schema_object &object, keyword k,
						const resource &home)
{
	const std::string_view text = object[k].bytes();
	const auto target = resolve(home, text, object.place_of(k));
	reference added{object.name(k)};

	references_++;
	if (target)
	{
		added.target = node_of(*target);
		if (k == keyword::dynamic_ref && library::is_dynamic(*target->home, text))
			added.dynamic_name = dynamic_name(percent_decoded(fragment_of(text)));
		if (k == keyword::recursive_ref && target->home->recursive_anchor)
			added.dynamic_name = dynamic_name(recursive_name);
	}
	else
		added.target = always_;
	rules.references.push_back(added);
}

/* Nothing if there is no such document, and that is no error. */
std::optional<located>
compiler::resolve(const resource &home, std::string_view reference, const place &at)
{
	auto target = library_->resolve(home, reference, at);

	if (!target && options_.missing == missing_documents::refused)
		throw failure(sqlstate("42704"),
					  "schema \"" + jsonb::shortened(resolve_uri(home.uri, reference), 500) +
						  "\" is not known")
			.detail("It is referred to at " + at.text() + ".")
			.hint(hint_for_missing_);
	if (target)
		require_schema(target->schema, target->home->terms, target->at);
	return target;
}

/* Also those in definitions that nobody uses; in other documents, embedded ones too, only what is used counts. */
void
compiler::check_references()
{
	for (const unresolved &u : library_->references())
		resolve(*library_->root().home, u.reference, u.at);
}

void
compiler::add_dependent_schemas(in_place_rules &rules, const schema_object &object, keyword k,
								const resource &home)
{
	if (!object.has(k))
		return;
	for (jsonb::cursor items(object[k]); items.next();)
	{
		if (!items.current().is_array())
			rules.dependencies.push_back(
				{object.name(k), items.key(),
				 subschema(items.current(), home, object.place_of(k).below(items.key()))});
	}
}

int
compiler::dynamic_name(const std::string &name)
{
	program_->dynamic = true;
	return dynamic_names_.try_emplace(name, static_cast<int>(dynamic_names_.size())).first->second;
}

dynamic_scope &
compiler::scope_of(const resource &home)
{
	const auto [it, is_new] = scopes_.try_emplace(&home, nullptr);

	if (is_new)
		it->second = &program_->scopes.emplace_back();
	return *it->second;
}

/* Those of names that are referred to; true if they gave the queue more to do. */
bool
compiler::add_dynamic_anchors()
{
	for (dynamic_scope &scope : program_->scopes)
		scope.anchors.clear();
	for (const auto &[home, scope] : scopes_)
	{
		for (const auto &[name, found] : home->anchors)
		{
			const auto number = dynamic_names_.find(name);

			if (found.dynamic && number != dynamic_names_.end())
				scope->anchors.push_back({number->second, node_of(found.target)});
		}
		if (home->recursive_anchor && dynamic_names_.count(recursive_name) > 0)
			scope->anchors.push_back({dynamic_names_[recursive_name], node_of(home->root)});
	}
	return !queue_.empty();
}

} // namespace migsafe::schema
