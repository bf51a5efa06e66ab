#include "check/check_reader.hpp"

#include "check/kinds.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr char columns_hint[] = "As in \"columns\": [\"a\", \"b\"], or \"column\": \"a\".";
constexpr char number_hint[] = "Write a number, as in 0.95.";

bool
takes(const check_kind &kind, const std::string &key)
{
	return key == "name" || key == "severity" ||
		   (!key.empty() && std::find(kind.keys.begin(), kind.keys.end(), key) != kind.keys.end());
}

std::string
keys_hint(const check_kind &kind)
{
	std::string keys;

	for (const std::string_view key : kind.keys)
		keys += key.empty() ? "" : "\"" + std::string(key) + "\", ";
	return "A check of kind \"" + std::string(kind.name) + "\" takes " + keys +
		   "\"name\" and \"severity\".";
}

} // namespace

std::string
known_kinds_hint()
{
	std::string names;

	for (const check_kind &kind : check_kinds())
		names += (names.empty() ? "" : ", ") + std::string(kind.name);
	return "Known checks: " + names + ".";
}

failure
check_reader::invalid(const std::string &what, const std::string &hint) const
{
	return failure(ERRCODE_INVALID_PARAMETER_VALUE, label_ + " " + what).hint(hint);
}

const check_kind &
check_reader::take_kind()
{
	std::string name = take_string("check", known_kinds_hint());

	/* as in "foreign key" or "not null" */
	std::replace(name.begin(), name.end(), ' ', '_');

	for (const check_kind &kind : check_kinds())
	{
		if (kind.name != name)
			continue;
		for (const auto &[key, value] : members_)
		{
			if (!takes(kind, key))
				throw invalid("has the unknown key \"" + key + "\"", keys_hint(kind));
		}
		return kind;
	}
	throw invalid("is of the unknown kind \"" + name + "\"", known_kinds_hint());
}

member
check_reader::take(const std::string &key, const std::string &hint)
{
	const auto found = members_.find(key);

	if (found == members_.end())
		throw invalid("lacks the key \"" + key + "\"", hint);

	member value = std::move(found->second);

	members_.erase(found);
	return value;
}

std::string
check_reader::take_string(const std::string &key, const std::string &hint)
{
	const member value = take(key, hint);

	if (value.type != "string")
		throw invalid("has a value of \"" + key + "\" that is not a string", hint);
	return value.text;
}

std::optional<std::string>
check_reader::take_optional_string(const std::string &key, const std::string &hint)
{
	return has(key) ? std::optional<std::string>(take_string(key, hint)) : std::nullopt;
}

bool
check_reader::take_boolean(const std::string &key, bool otherwise)
{
	if (!has(key))
		return otherwise;

	const member value = take(key, "");

	if (value.type != "boolean")
		throw invalid("has a value of \"" + key + "\" that is not a boolean",
					  "Write true or false, without quotes.");
	return value.text == "true";
}

std::optional<std::string>
check_reader::take_number(const std::string &key)
{
	if (!has(key))
		return std::nullopt;

	const member value = take(key, number_hint);

	if (value.type != "number")
		throw invalid("has a value of \"" + key + "\" that is not a number", number_hint);
	return value.text;
}

int64
check_reader::take_count(const std::string &key, int64 otherwise)
{
	constexpr size_t most_digits = 9;
	const std::string text = take_number(key).value_or(std::to_string(otherwise));

	if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > most_digits ||
		text.find_first_not_of('0') == std::string::npos)
		throw invalid("has a value of \"" + key + "\" that is out of range",
					  "Write a whole number from 1 to 999999999.");
	return std::stoll(text);
}

std::vector<std::string>
check_reader::take_strings(const std::string &key, const std::string &hint)
{
	const member value = take(key, hint);
	std::vector<std::string> strings;

	if (value.type == "string")
		return {value.text};
	if (value.type != "array" || !std::all_of(value.elements.begin(), value.elements.end(),
											  [](const element &e) { return e.type == "string"; }))
		throw invalid("has a value of \"" + key + "\" that is not an array of strings", hint);
	if (value.elements.empty())
		throw invalid("has an empty array of \"" + key + "\"", hint);
	for (const element &e : value.elements)
		strings.push_back(e.text);
	return strings;
}

std::vector<std::string>
check_reader::take_one_or_many(const std::string &one, const std::string &many,
							   const std::string &hint)
{
	if (has(one) && has(many))
		throw invalid("has both \"" + one + "\" and \"" + many + "\"", hint);
	if (!has(one) && !has(many))
		throw invalid("has neither \"" + one + "\" nor \"" + many + "\"", hint);
	return has(one) ? std::vector<std::string>{take_string(one, hint)} : take_strings(many, hint);
}

std::string
check_reader::take_word(const std::string &key, const std::vector<std::string> &words,
						const std::string &otherwise)
{
	std::string list;

	for (const std::string &word : words)
		list += (list.empty() ? "\"" : word == words.back() ? "\" or \"" : "\", \"") + word;

	const std::string hint = "Use " + list + "\".";
	std::string value = take_optional_string(key, hint).value_or(otherwise);

	if (std::find(words.begin(), words.end(), value) == words.end())
		throw invalid("has the unknown " + key + " \"" + value + "\"", hint);
	return value;
}

bounds
check_reader::take_bounds()
{
	bounds b{take_number("at_least"), take_number("at_most")};

	if (b.at_least && b.above(*b.at_least))
		throw invalid("has contradictory bounds: at least " + *b.at_least + ", at most " +
						  *b.at_most,
					  "No number meets both. Exchange them, or leave one out.");
	return b;
}

failure
check_reader::no_column(const std::string &name, const std::string &table) const
{
	return failure(ERRCODE_UNDEFINED_COLUMN,
				   "column \"" + name + "\" of " + label_ + " does not exist")
		.detail("The table is \"" + table + "\".")
		.hint("Column names are written exactly as in the catalog, without quotes.");
}

const column &
check_reader::require_column(const target &t, const std::string &name) const
{
	const column *const c = t.find(name);

	if (c == nullptr)
		throw no_column(name, t.name());
	return *c;
}

std::vector<const column *>
check_reader::take_columns(const target &t)
{
	std::vector<const column *> columns;

	for (const std::string &name : take_one_or_many("column", "columns", columns_hint))
		columns.push_back(&require_column(t, name));
	return columns;
}

} // namespace migsafe
