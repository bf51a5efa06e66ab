#include "support/schema_reference.hpp"

#include "support/decimal.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace migsafe::test_bed {
namespace {

/* The outcome of one schema, and what of the value it has evaluated. */
struct outcome
{
	bool valid = true;
	std::set<std::string> members;
	std::set<size_t> elements;

	void require(bool right) { valid = valid && right; }

	/* A schema for the same value has to be met as well. */
	void include(const outcome &other)
	{
		require(other.valid);
		learn_from(other);
	}

	/* Annotations of a schema that fails are dropped. */
	void learn_from(const outcome &other)
	{
		if (!other.valid)
			return;
		members.insert(other.members.begin(), other.members.end());
		elements.insert(other.elements.begin(), other.elements.end());
	}
};

decimal
decimal_of(const json &number)
{
	return decimal(digits_of(number));
}

size_t
count_of(const json &number)
{
	return std::stoul(std::string(digits_of(number)));
}

size_t
length_of(const std::string &text)
{
	size_t length = 0;

	for (const char c : text)
		length += (c & 0xC0) != 0x80 ? 1 : 0;
	return length;
}

bool
is_found(std::string pattern, const std::string &text)
{
	const bool begins = pattern.starts_with('^'), ends = pattern.ends_with('$');

	pattern = pattern.substr(begins ? 1 : 0, pattern.size() - (begins ? 1 : 0) - (ends ? 1 : 0));
	if (begins && ends)
		return text == pattern;
	if (begins)
		return text.starts_with(pattern);
	return ends ? text.ends_with(pattern) : text.find(pattern) != std::string::npos;
}

bool
has_type(const std::string &type, const json &v)
{
	if (type == "integer")
		return v.is_binary() && decimal_of(v).is_integer();
	if (type == "number")
		return v.is_binary();
	return type == v.type_name();
}

class evaluator
{
public:
	explicit evaluator(const json &root) : root_(root) {}

	[[nodiscard]] outcome evaluate(const json &schema, const json &v) const
	{
		outcome result;

		if (schema.is_boolean())
			result.require(schema.get<bool>());
		if (!schema.is_object())
			return result;
		test_any(schema, v, result);
		if (v.is_binary())
			test_number(schema, v, result);
		if (v.is_string())
			test_string(schema, v, result);
		test_in_place(schema, v, result);
		if (v.is_array())
			test_array(schema, v, result);
		if (v.is_object())
			test_object(schema, v, result);
		return result;
	}

private:
	[[nodiscard]] bool holds(const json &schema, const json &v) const
	{
		return evaluate(schema, v).valid;
	}

	static void test_any(const json &schema, const json &v, outcome &result)
	{
		const auto same = [&](const json &other) { return same_value(other, v); };

		if (schema.contains("type"))
		{
			const json &type = schema["type"];
			const json types = type.is_array() ? type : json::array({type});

			result.require(std::any_of(types.begin(), types.end(),
									   [&](const json &name) { return has_type(name, v); }));
		}
		if (schema.contains("enum"))
			result.require(std::any_of(schema["enum"].begin(), schema["enum"].end(), same));
		if (schema.contains("const"))
			result.require(same(schema["const"]));
	}

	static void test_number(const json &schema, const json &v, outcome &result)
	{
		const decimal n = decimal_of(v);
		const auto compared = [&](const char *k) { return n.compare(decimal_of(schema[k])); };

		if (schema.contains("minimum"))
			result.require(compared("minimum") >= 0);
		if (schema.contains("maximum"))
			result.require(compared("maximum") <= 0);
		if (schema.contains("exclusiveMinimum"))
			result.require(compared("exclusiveMinimum") > 0);
		if (schema.contains("exclusiveMaximum"))
			result.require(compared("exclusiveMaximum") < 0);
		if (schema.contains("multipleOf"))
			result.require(n.is_multiple_of(decimal_of(schema["multipleOf"])));
	}

	static void test_count(const json &schema, const char *least, const char *most, size_t count,
						   outcome &result)
	{
		if (schema.contains(least))
			result.require(count >= count_of(schema[least]));
		if (schema.contains(most))
			result.require(count <= count_of(schema[most]));
	}

	static void test_string(const json &schema, const json &v, outcome &result)
	{
		test_count(schema, "minLength", "maxLength", length_of(v), result);
		if (schema.contains("pattern"))
			result.require(is_found(schema["pattern"], v));
	}

	void test_in_place(const json &schema, const json &v, outcome &result) const
	{
		if (schema.contains("$ref"))
			result.include(evaluate(target_of(schema["$ref"]), v));
		if (schema.contains("allOf"))
		{
			for (const json &one : schema["allOf"])
				result.include(evaluate(one, v));
		}
		if (schema.contains("anyOf"))
			result.require(matching(schema["anyOf"], v, result) > 0);
		if (schema.contains("oneOf"))
			result.require(matching(schema["oneOf"], v, result) == 1);
		if (schema.contains("not"))
			result.require(!holds(schema["not"], v));
		if (schema.contains("if"))
			test_condition(schema, v, result);
		if (v.is_object() && schema.contains("dependentSchemas"))
		{
			for (const auto &[name, one] : schema["dependentSchemas"].items())
			{
				if (v.contains(name))
					result.include(evaluate(one, v));
			}
		}
	}

	size_t matching(const json &schemas, const json &v, outcome &result) const
	{
		size_t count = 0;

		for (const json &one : schemas)
		{
			const outcome branch = evaluate(one, v);

			count += branch.valid ? 1 : 0;
			result.learn_from(branch);
		}
		return count;
	}

	void test_condition(const json &schema, const json &v, outcome &result) const
	{
		const outcome condition = evaluate(schema["if"], v);
		const char *const next = condition.valid ? "then" : "else";

		result.learn_from(condition);
		if (schema.contains(next))
			result.include(evaluate(schema[next], v));
	}

	[[nodiscard]] const json &target_of(const std::string &reference) const
	{
		return root_.at(json::json_pointer(reference.substr(1)));
	}

	void test_array(const json &schema, const json &v, outcome &result) const
	{
		test_count(schema, "minItems", "maxItems", v.size(), result);
		if (schema.contains("uniqueItems") && schema["uniqueItems"].get<bool>())
		{
			for (auto a = v.begin(); a != v.end(); ++a)
				result.require(
					std::none_of(v.begin(), a, [&](const json &b) { return same_value(*a, b); }));
		}

		const size_t prefix = schema.contains("prefixItems") ? schema["prefixItems"].size() : 0;

		for (size_t i = 0; i < v.size(); i++)
		{
			if (i < prefix)
				test_element(schema["prefixItems"][i], v, i, result);
			else if (schema.contains("items"))
				test_element(schema["items"], v, i, result);
		}
		if (schema.contains("contains"))
			test_contains(schema, v, result);
		if (schema.contains("unevaluatedItems"))
		{
			for (size_t i = 0; i < v.size(); i++)
			{
				if (result.elements.count(i) == 0)
					test_element(schema["unevaluatedItems"], v, i, result);
			}
		}
	}

	void test_element(const json &schema, const json &array, size_t i, outcome &result) const
	{
		result.require(holds(schema, array[i]));
		result.elements.insert(i);
	}

	void test_contains(const json &schema, const json &v, outcome &result) const
	{
		const size_t least = schema.contains("minContains") ? count_of(schema["minContains"]) : 1;
		size_t count = 0;

		for (size_t i = 0; i < v.size(); i++)
		{
			if (!holds(schema["contains"], v[i]))
				continue;
			count++;
			result.elements.insert(i);
		}
		result.require(count >= least);
		result.require(!schema.contains("maxContains") || count <= count_of(schema["maxContains"]));
	}

	void test_object(const json &schema, const json &v, outcome &result) const
	{
		test_count(schema, "minProperties", "maxProperties", v.size(), result);
		if (schema.contains("required"))
			require_members(schema["required"], v, result);
		if (schema.contains("dependentRequired"))
		{
			for (const auto &[name, names] : schema["dependentRequired"].items())
			{
				if (v.contains(name))
					require_members(names, v, result);
			}
		}
		for (const auto &[name, member] : v.items())
			test_member(schema, name, member, result);
		if (schema.contains("unevaluatedProperties"))
		{
			for (const auto &[name, member] : v.items())
			{
				if (result.members.insert(name).second)
					result.require(holds(schema["unevaluatedProperties"], member));
			}
		}
	}

	static void require_members(const json &names, const json &v, outcome &result)
	{
		for (const json &name : names)
			result.require(v.contains(name.get<std::string>()));
	}

	void test_member(const json &schema, const std::string &name, const json &member,
					 outcome &result) const
	{
		bool known = false;
		const auto test = [&](const json &one) {
			known = true;
			result.require(holds(one, member));
		};

		if (schema.contains("properties") && schema["properties"].contains(name))
			test(schema["properties"][name]);
		if (schema.contains("patternProperties"))
		{
			for (const auto &[pattern, one] : schema["patternProperties"].items())
			{
				if (is_found(pattern, name))
					test(one);
			}
		}
		if (!known && schema.contains("additionalProperties"))
			test(schema["additionalProperties"]);
		if (known)
			result.members.insert(name);
		if (schema.contains("propertyNames"))
			result.require(holds(schema["propertyNames"], name));
	}

	const json &root_;
};

} // namespace

bool
is_valid(const json &schema, const json &document)
{
	return evaluator(schema).evaluate(schema, document).valid;
}

} // namespace migsafe::test_bed
