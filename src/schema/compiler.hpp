/*
 * compiler.hpp
 *		The steps of compile(), for the files that take them.
 */
#pragma once

#include "schema/compile.hpp"
#include "schema/library.hpp"

#include <map>
#include <unordered_map>
#include <vector>

namespace migsafe::schema {

/*
 * Subschemas wait in a queue until they are filled in, so that neither deep
 * schemas nor long chains of references make it recurse.
 */
class compiler
{
public:
	compiler(std::string_view document, const compile_options &options, const source &registered,
			 const jsonb::host &process);

	std::shared_ptr<const program> compile();

private:
	struct pending
	{
		node *to_fill;
		located from;
	};

	const node *node_of(const located &from);
	const node *subschema(const jsonb::value &v, const resource &home, place at);
	/* The value of a keyword that is one schema; null if it is absent. */
	const node *subschema(const schema_object &object, keyword k, const resource &home);
	std::vector<const node *> subschemas(const schema_object &object, keyword k,
										 const resource &home);
	void fill_all();
	void fill(node &n, const located &from);

	/* compile_scalar.cpp */
	static void add_types(node &n, const schema_object &object, const resource &home);
	void add_values(node &n, const schema_object &object) const;
	static void add_numbers(node &n, const schema_object &object);
	void add_strings(node &n, const schema_object &object, const resource &home) const;
	[[nodiscard]] pattern compiled_pattern(std::string_view text, const schema_object &object,
										   keyword k) const;

	/* compile_container.cpp */
	void add_objects(node &n, const schema_object &object, const resource &home);
	void add_properties(object_rules &rules, const schema_object &object, const resource &home);
	void add_patterns(object_rules &rules, const schema_object &object, const resource &home);
	static void add_dependent_names(object_rules &rules, const schema_object &object, keyword k);
	void add_arrays(node &n, const schema_object &object, const resource &home);
	void add_elements(array_rules &rules, const schema_object &object, const resource &home);
	void add_contains(array_rules &rules, const schema_object &object, const resource &home);
	void add_unevaluated(node &n, const schema_object &object, const resource &home);

	/* compile_in_place.cpp */
	void add_in_place(node &n, const schema_object &object, const resource &home);
	void add_reference(in_place_rules &rules, const schema_object &object, keyword k,
					   const resource &home);

	void add_dependent_schemas(in_place_rules &rules, const schema_object &object, keyword k,
							   const resource &home);
	std::optional<located> resolve(const resource &home, std::string_view reference,
								   const place &at);
	void check_references();
	int dynamic_name(const std::string &name);
	bool add_dynamic_anchors();
	dynamic_scope &scope_of(const resource &home);

	const compile_options options_;
	const jsonb::host &process_;
	std::shared_ptr<library> library_;
	std::shared_ptr<program> program_;
	std::unordered_map<const char *, node *> nodes_; /* by the address of the schema */
	std::vector<pending> queue_;
	std::vector<place> places_; /* of the nodes */
	const node *always_ = nullptr, *never_ = nullptr;
	std::map<const resource *, dynamic_scope *> scopes_;
	std::map<std::string, int> dynamic_names_;
	std::string hint_for_missing_;
	size_t references_ = 0;
};

/* What two keywords allow, the first of which is the least. */
count_range range_of(const schema_object &object, keyword least, keyword most);

/* 22023 if a value would be tested against the same schema again and again; places are those of the nodes. */
void refuse_endless_references(const program &compiled, const std::vector<place> &places);

} // namespace migsafe::schema
