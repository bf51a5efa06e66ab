#include "schema/compile.hpp"

#include "schema/compiler.hpp"
#include "schema/form_check.hpp"

namespace migsafe::schema {

compiler::compiler(std::string_view document, const compile_options &options,
				   const source &registered, const jsonb::host &process)
	: options_(options), process_(process),
	  library_(std::make_shared<library>(document, registered, process)),
	  program_(std::make_shared<program>()), hint_for_missing_(registered.hint())
{
	program_->documents = library_;
	places_.resize(2);
	always_ = &program_->nodes.emplace_back();

	node &never = program_->nodes.emplace_back();

	never.types = 0;
	never_ = &never;
}

std::shared_ptr<const program>
compiler::compile()
{
	check_references();
	program_->root = node_of(library_->root());
	do
		fill_all();
	while (add_dynamic_anchors());
	program_->most_references = references_ * (library_->resources().size() + 1);
	refuse_endless_references(*program_, places_);
	program_->bytes += library_->size() + program_->nodes.size() * sizeof(node);
	return program_;
}

const node *
compiler::node_of(const located &from)
{
	require_schema(from.schema, from.home->terms, from.at);
	if (!from.schema.is_object())
		return from.schema.type == jsonb::format::type_true ? always_ : never_;

	const auto [it, is_new] = nodes_.try_emplace(from.schema.data, nullptr);

	if (is_new)
	{
		it->second = &program_->nodes.emplace_back();
		places_.push_back(from.at);
		queue_.push_back({it->second, from});
	}
	return it->second;
}

const node *
compiler::subschema(const jsonb::value &v, const resource &home, place at)
{
	if (is_boolean(v)) /* draft 4 has some */
		return v.type == jsonb::format::type_true ? always_ : never_;
	return node_of({v, library_->home_of(v, &home), std::move(at)});
}

const node *
compiler::subschema(const schema_object &object, keyword k, const resource &home)
{
	return object.has(k) ? subschema(object[k], home, object.place_of(k)) : nullptr;
}

std::vector<const node *>
compiler::subschemas(const schema_object &object, keyword k, const resource &home)
{
	std::vector<const node *> list;

	if (!object.has(k))
		return list;
	for (jsonb::cursor items(object[k]); items.next();)
		list.push_back(subschema(items.current(), home,
								 object.place_of(k).below(static_cast<uint32_t>(list.size()))));
	return list;
}

void
compiler::fill_all()
{
	while (!queue_.empty())
	{
		const pending next = std::move(queue_.back());

		queue_.pop_back();
		process_.check();
		fill(*next.to_fill, next.from);
	}
}

void
compiler::fill(node &n, const located &from)
{
	const resource &home = *from.home;
	const schema_object object(from.schema, home.terms, from.at);

	n.scope = &scope_of(home);
	add_types(n, object, home);
	add_values(n, object);
	add_numbers(n, object);
	add_strings(n, object, home);
	add_objects(n, object, home);
	add_arrays(n, object, home);
	add_in_place(n, object, home);
	add_unevaluated(n, object, home);
	n.only_types = !n.numbers && !n.strings && !n.objects && !n.arrays && !n.allowed &&
				   !n.constant && !n.in_place && !n.unevaluated;
}

std::string_view
program::source() const
{
	return documents->text();
}

std::shared_ptr<const program>
compile(std::string_view document, const compile_options &options, const source &registered,
		const jsonb::host &process)
{
	return compiler(document, options, registered, process).compile();
}

} // namespace migsafe::schema
