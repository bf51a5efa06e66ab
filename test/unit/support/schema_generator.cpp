#include "support/schema_generator.hpp"

#include "support/generator.hpp"

#include <algorithm>

namespace migsafe::test_bed {
namespace {

constexpr std::array<const char *, 5> member_names = {"a", "b", "c", "aa", "key"};
constexpr std::array<const char *, 6> patterns = {"a", "^a", "b$", "^a$", "", "e"};
constexpr std::array<const char *, 7> type_names = {"null",   "boolean", "object", "array",
													"number", "string",  "integer"};
constexpr std::array<const char *, 6> limits = {"0", "1", "1.0", "2", "-1", "1.5"};
constexpr std::array<const char *, 6> steps = {"1", "2", "0.5", "0.25", "0.01", "3.0"};
constexpr std::array<const char *, 4> definitions = {"0", "1", "2", "3"};

json
any_count(choices &choose)
{
	return number(std::to_string(choose.below(4)));
}

json
any_names(choices &choose)
{
	json names = json::array();

	for (uint32_t i = choose.below(3); i > 0; i--)
	{
		const json name = choose.of(member_names);

		if (std::find(names.begin(), names.end(), name) == names.end())
			names.push_back(name);
	}
	return names;
}

/* Schemas that refer to definitions of the same document. */
class writer
{
public:
	explicit writer(choices &choose) : choose_(choose) {}

	json write()
	{
		json root = schema(2, 0);

		if (!root.is_object())
			return root;
		for (uint32_t i = 0; i < definitions.size(); i++)
			root["$defs"][definitions[i]] = schema(1, i + 1);
		return root;
	}

private:
	/*
	 * At the value of this schema only definitions from this number on are
	 * referred to, which refer to later ones there; at smaller values to any.
	 */
	json schema(int depth, uint32_t first_definition)
	{
		json object = json::object();

		if (choose_.one_in(12))
			return choose_.one_in(3);
		for (uint32_t i = 1 + choose_.below(4); i > 0; i--)
			add_keyword(object, depth, first_definition);
		return object;
	}

	json smaller(int depth) { return schema(depth - 1, 0); }

	void add_keyword(json &object, int depth, uint32_t first_definition)
	{
		switch (choose_.below(depth > 0 ? 8 : 3))
		{
			case 0:
				return add_values(object);
			case 1:
				return add_scalars(object);
			case 2:
				return add_counts(object);
			case 3:
				return add_members(object, depth);
			case 4:
				return add_elements(object, depth);
			case 5:
				return add_unevaluated(object, depth);
			case 6:
				return add_reference(object, first_definition);
			default:
				return add_logic(object, depth, first_definition);
		}
	}

	void add_values(json &object)
	{
		switch (choose_.below(4))
		{
			case 0:
				object["const"] = any_value(choose_, 1);
				return;
			case 1:
				object["enum"] = json::array();
				for (uint32_t i = choose_.below(choose_.one_in(8) ? 20 : 4); i > 0; i--)
					object["enum"].push_back(any_value(choose_, 1));
				return;
			case 2:
				object["type"] = choose_.of(type_names);
				return;
			default:
				object["type"] =
					json::array({type_names[choose_.below(3)], type_names[3 + choose_.below(4)]});
		}
	}

	void add_scalars(json &object)
	{
		static constexpr std::array<const char *, 4> of_numbers = {
			"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};

		switch (choose_.below(4))
		{
			case 0:
				object["pattern"] = choose_.of(patterns);
				return;
			case 1:
				object["multipleOf"] = number(choose_.of(steps));
				return;
			default:
				object[choose_.of(of_numbers)] = number(choose_.of(limits));
		}
	}

	void add_counts(json &object)
	{
		static constexpr std::array<const char *, 8> of_counts = {
			"minLength", "maxLength", "minItems",      "maxItems",
			"maxItems",  "minItems",  "minProperties", "maxProperties"};

		switch (choose_.below(4))
		{
			case 0:
				object["required"] = any_names(choose_);
				return;
			case 1:
				object["dependentRequired"][choose_.of(member_names)] = any_names(choose_);
				return;
			case 2:
				object["uniqueItems"] = choose_.below(4) > 0;
				return;
			default:
				object[choose_.of(of_counts)] = any_count(choose_);
		}
	}

	void add_members(json &object, int depth)
	{
		switch (choose_.below(5))
		{
			case 0:
			case 1:
				object["properties"][choose_.of(member_names)] = smaller(depth);
				return;
			case 2:
				object["patternProperties"][choose_.of(patterns)] = smaller(depth);
				return;
			case 3:
				object["additionalProperties"] = smaller(depth);
				return;
			default:
				object["propertyNames"] = smaller(depth);
		}
	}

	void add_elements(json &object, int depth)
	{
		switch (choose_.below(4))
		{
			case 0:
				object["prefixItems"] = several(depth, 0);
				return;
			case 1:
				object["items"] = smaller(depth);
				return;
			case 2:
				object["contains"] = smaller(depth);
				return;
			default:
				object["contains"] = smaller(depth);
				object[choose_.one_in(2) ? "minContains" : "maxContains"] = any_count(choose_);
		}
	}

	void add_unevaluated(json &object, int depth)
	{
		object[choose_.one_in(2) ? "unevaluatedItems" : "unevaluatedProperties"] =
			choose_.one_in(3) ? smaller(depth) : json(false);
	}

	void add_reference(json &object, uint32_t first_definition)
	{
		const auto rest = static_cast<uint32_t>(definitions.size()) - first_definition;

		if (rest > 0)
			object["$ref"] =
				std::string("#/$defs/") + definitions[first_definition + choose_.below(rest)];
	}

	void add_logic(json &object, int depth, uint32_t first_definition)
	{
		static constexpr std::array<const char *, 3> lists = {"allOf", "anyOf", "oneOf"};

		switch (choose_.below(5))
		{
			case 0:
				object["not"] = schema(depth - 1, first_definition);
				return;
			case 1:
				for (const char *const k : {"if", "then", "else"})
				{
					if (choose_.below(4) > 0)
						object[k] = schema(depth - 1, first_definition);
				}
				return;
			case 2:
				object["dependentSchemas"][choose_.of(member_names)] =
					schema(depth - 1, first_definition);
				return;
			default:
				object[choose_.of(lists)] = several(depth, first_definition);
		}
	}

	json several(int depth, uint32_t first_definition)
	{
		json list = json::array({schema(depth - 1, first_definition)});

		while (choose_.one_in(2) && list.size() < 3)
			list.push_back(schema(depth - 1, first_definition));
		return list;
	}

	choices &choose_;
};

/* Forms of keywords, as many as there are lists of values. */
enum class form {
	schema,
	schemas,
	schema_or_list,
	map,
	dependencies,
	text,
	identifier,
	anchor,
	reference,
	number,
	flag_or_number,
	count,
	flag,
	flags,
	names,
	names_by_name,
	types,
	list
};

struct known_keyword
{
	const char *name;
	form value;
};

constexpr std::array<known_keyword, 62> keywords = {{
	{"$anchor", form::anchor},
	{"$comment", form::text},
	{"$defs", form::map},
	{"$dynamicAnchor", form::anchor},
	{"$dynamicRef", form::reference},
	{"$id", form::identifier},
	{"$recursiveAnchor", form::flag},
	{"$recursiveRef", form::reference},
	{"$ref", form::reference},
	{"$vocabulary", form::flags},
	{"additionalItems", form::schema},
	{"additionalProperties", form::schema},
	{"allOf", form::schemas},
	{"anyOf", form::schemas},
	{"const", form::text},
	{"contains", form::schema},
	{"contentEncoding", form::text},
	{"contentMediaType", form::text},
	{"contentSchema", form::schema},
	{"default", form::list},
	{"definitions", form::map},
	{"dependencies", form::dependencies},
	{"dependentRequired", form::names_by_name},
	{"dependentSchemas", form::map},
	{"deprecated", form::flag},
	{"description", form::text},
	{"else", form::schema},
	{"enum", form::list},
	{"examples", form::list},
	{"exclusiveMaximum", form::flag_or_number},
	{"exclusiveMinimum", form::flag_or_number},
	{"format", form::text},
	{"id", form::identifier},
	{"if", form::schema},
	{"items", form::schema_or_list},
	{"maxContains", form::count},
	{"maxItems", form::count},
	{"maxLength", form::count},
	{"maxProperties", form::count},
	{"maximum", form::number},
	{"minContains", form::count},
	{"minItems", form::count},
	{"minLength", form::count},
	{"minProperties", form::count},
	{"minimum", form::number},
	{"multipleOf", form::number},
	{"not", form::schema},
	{"oneOf", form::schemas},
	{"pattern", form::text},
	{"patternProperties", form::map},
	{"prefixItems", form::schemas},
	{"properties", form::map},
	{"propertyNames", form::schema},
	{"readOnly", form::flag},
	{"required", form::names},
	{"then", form::schema},
	{"title", form::text},
	{"type", form::types},
	{"unevaluatedItems", form::schema},
	{"unevaluatedProperties", form::schema},
	{"uniqueItems", form::flag},
	{"writeOnly", form::flag},
}};

constexpr std::array<const char *, 4> uris = {"k:a", "k:b", "k:(", "urn:x:y"};
constexpr std::array<const char *, 8> texts = {"a",   "b", "string", "regex",
											   "a:b", "(", "[a-c]+", "\\d"};
constexpr std::array<const char *, 9> anchors = {"a",  "b",   "_c", "c.d-e_f", "c:d",
												 "0a", "a b", "",   "é"};
constexpr std::array<const char *, 6> counts = {"0", "1", "2.0", "1e3", "-1", "0.5"};
constexpr std::array<const char *, 5> amounts = {"0", "1", "-1", "0.5", "1e400"};

class attempt
{
public:
	explicit attempt(choices &choose) : choose_(choose) {}

	json object(int depth)
	{
		json result = json::object();

		for (uint32_t i = choose_.below(4); i > 0; i--)
		{
			const known_keyword &k = choose_.of(keywords);

			result[k.name] =
				choose_.one_in(15) ? other_value(k.value, depth) : value(k.value, smaller(depth));
		}
		return result;
	}

private:
	json schema(int depth)
	{
		if (choose_.one_in(10))
			return choose_.one_in(2);
		return depth > 0 ? object(depth) : json::object();
	}

	static int smaller(int depth) { return depth > 0 ? depth - 1 : 0; }

	/* Most likely of another form; but no text where a URI reference is wanted. */
	json other_value(form wanted, int depth)
	{
		const auto other = static_cast<form>(choose_.below(18));
		const bool of_uri = wanted == form::identifier || wanted == form::reference;

		return of_uri || choose_.one_in(3) ? any_scalar() : value(other, smaller(depth));
	}

	json any_scalar()
	{
		switch (choose_.below(4))
		{
			case 0:
				return nullptr;
			case 1:
				return choose_.one_in(2);
			case 2:
				return number(choose_.of(counts));
			default:
				return "a";
		}
	}

	/* A list of what make() makes, empty now and then, and with equal values. */
	template <typename Make>
	json list(Make make)
	{
		json result = json::array();

		for (uint32_t i = choose_.one_in(10) ? 0 : 1 + choose_.below(2); i > 0; i--)
			result.push_back(make());
		return result;
	}

	template <typename Make>
	json map(Make make)
	{
		json result = json::object();

		for (uint32_t i = choose_.below(3); i > 0; i--)
			result[choose_.of(uris)] = choose_.one_in(20) ? any_scalar() : make();
		return result;
	}

	json names()
	{
		return list([&] { return json(choose_.of(texts)); });
	}

	json schemas(int depth)
	{
		return list([&] { return schema(depth); });
	}

	json type() { return choose_.one_in(20) ? "integers" : choose_.of(type_names); }

	json value(form f, int depth)
	{
		switch (f)
		{
			case form::schema:
				return schema(depth);
			case form::schemas:
				return schemas(depth);
			case form::schema_or_list:
				return choose_.one_in(2) ? schemas(depth) : schema(depth);
			case form::map:
				return map([&] { return schema(depth); });
			case form::dependencies:
				return map([&] { return choose_.one_in(2) ? names() : schema(depth); });
			case form::text:
				return choose_.of(texts);
			case form::identifier:
				return std::string("k:id") + (choose_.one_in(6)   ? "#a"
											  : choose_.one_in(3) ? "#"
																  : "");
			case form::anchor:
				return anchors[choose_.below(choose_.one_in(3) ? anchors.size() : 4)];
			case form::reference:
				return choose_.one_in(3) ? "#" : "k:nowhere";
			default:
				return plain_value(f);
		}
	}

	/* Without schemas in it. */
	json plain_value(form f)
	{
		switch (f)
		{
			case form::number:
				return number(choose_.of(amounts));
			case form::flag_or_number:
				return choose_.one_in(2) ? json(choose_.one_in(2)) : number(choose_.of(amounts));
			case form::count:
				return number(counts[choose_.below(choose_.one_in(4) ? counts.size() : 3)]);
			case form::flag:
				return choose_.one_in(2);
			case form::flags:
				return map([&] { return json(choose_.one_in(2)); });
			case form::names:
				return names();
			case form::names_by_name:
				return map([&] { return names(); });
			case form::types:
				return choose_.one_in(2) ? type() : list([&] { return type(); });
			default:
				return list([&] { return any_scalar(); });
		}
	}

	choices &choose_;
};

} // namespace

json
any_schema(choices &choose)
{
	return writer(choose).write();
}

json
any_instance(choices &choose)
{
	return any_value(choose, 3);
}

json
any_attempt(choices &choose)
{
	return attempt(choose).object(3);
}

} // namespace migsafe::test_bed
