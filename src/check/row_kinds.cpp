#include "check/kinds.hpp"
#include "jsonb/pointer.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* make(column) for each column, all of which must hold; what is said of them is their description. */
template <typename Make>
void
set_predicate(const std::vector<const column *> &columns, const std::string &description, check &c,
			  Make make)
{
	for (const column *each : columns)
		c.predicate += (c.predicate.empty() ? "" : " AND ") + make(*each);
	c.name = names_of(columns) + description;
}

std::vector<std::string>
take_paths(check_reader &reader)
{
	std::vector<std::string> paths = reader.take_one_or_many(
		"path", "paths", "Give a JSON Pointer, as in \"path\": \"/a/b\", or \"paths\": [\"/a\"].");

	for (const std::string &path : paths)
	{
		const std::string wrong = jsonb::parse_pointer(path, jsonb::stars::allowed).error;

		if (!wrong.empty())
			throw reader.invalid("has an invalid path: " + wrong,
								 "A pointer is empty or begins with /; ~0 stands for ~, ~1 for /, "
								 "~2 for *.");
	}
	return paths;
}

void
parse_paths(const target &t, check_reader &reader, check &c, bool wanted)
{
	const std::vector<std::string> paths = take_paths(reader);
	std::string description = wanted ? " has " : " lacks ";

	for (const std::string &path : paths)
		description += (&path == &paths.front() ? "" : ", ") + path;
	set_predicate(reader.take_columns(t), description, c, [&](const column &each) {
		std::string all;

		for (const std::string &path : paths)
			all += std::string(all.empty() ? "" : " AND ") + (wanted ? "" : "NOT ") +
				   "migsafe.jsonb_has_path(" + json_document(reader, each) + ", " +
				   pg::literal(path) + ")";
		return all;
	});
}

std::vector<std::string>
take_types(check_reader &reader)
{
	static constexpr std::array<std::string_view, 6> known = {"object", "array",   "string",
															  "number", "boolean", "null"};
	std::vector<std::string> types = reader.take_strings(
		"type", "Give a type, as in \"type\": \"object\", or several in an array.");

	for (const std::string &type : types)
	{
		if (std::find(known.begin(), known.end(), type) == known.end())
			throw reader.invalid("has the unknown type \"" + type + "\"",
								 "Use object, array, string, number, boolean or null.");
	}
	return types;
}

} // namespace

std::string
names_of(const std::vector<const column *> &columns)
{
	std::string names;

	for (const column *c : columns)
		names += (names.empty() ? "" : ", ") + c->name;
	return names;
}

std::string
json_document(const check_reader &reader, const column &c)
{
	if (const Oid type = pg::call(getBaseType, c.type); type != JSONBOID && type != JSONOID)
		throw failure(ERRCODE_DATATYPE_MISMATCH,
					  "column \"" + c.name + "\" of " + reader.label() + " is not of type jsonb")
			.detail("It is of type " + std::string(pg::call(format_type_be, c.type)) + ".")
			.hint("Use a check of kind \"expression\" for other types.");
	return pg::identifier(c.name) + "::pg_catalog.jsonb";
}

void
parse_not_null(const target &t, check_reader &reader, check &c)
{
	set_predicate(reader.take_columns(t), " is not null", c, [](const column &each) {
		const std::string name = pg::identifier(each.name);

		/* of a composite value IS NOT NULL asks its fields */
		return pg::call(type_is_rowtype, each.type)
				   ? "pg_catalog.num_nulls(" + name + ") OPERATOR(pg_catalog.=) 0"
				   : name + " IS NOT NULL";
	});
}

void
parse_type(const target &t, check_reader &reader, check &c)
{
	const std::vector<std::string> types = take_types(reader);
	std::string description, list;

	for (const std::string &type : types)
	{
		description += (description.empty() ? " is of type " : " or ") + type;
		list += (list.empty() ? "" : ", ") + pg::literal(type);
	}
	set_predicate(reader.take_columns(t), description, c, [&](const column &each) {
		return "pg_catalog.jsonb_typeof(" + json_document(reader, each) +
			   ") OPERATOR(pg_catalog.=) " +
			   (types.size() == 1 ? list : "ANY (ARRAY[" + list + "])");
	});
}

void
parse_has(const target &t, check_reader &reader, check &c)
{
	parse_paths(t, reader, c, true);
}

void
parse_lacks(const target &t, check_reader &reader, check &c)
{
	parse_paths(t, reader, c, false);
}

void
parse_expression(const target &, check_reader &reader, check &c)
{
	c.predicate =
		reader.take_string("expression", "Give an SQL predicate over the columns of a row.");
	c.name = c.predicate;
}

void
parse_coverage(const target &, check_reader &reader, check &c)
{
	c.predicate =
		reader.take_string("expression", "Give an SQL predicate over the columns of a row.");
	c.name = "coverage of " + c.predicate;
	c.null_passes = false;
	c.share = reader.take_bounds();
	if (c.share->empty())
		throw reader.invalid("has no bound", "Give \"at_least\" or \"at_most\", as in 0.95.");
	for (const auto &bound : {c.share->at_least, c.share->at_most})
	{
		if (bound && (compare_numbers(*bound, "0") < 0 || compare_numbers(*bound, "1") > 0))
			throw reader.invalid("has the bound " + *bound + ", which is no share",
								 "A share lies between 0 and 1: 95 % is 0.95.");
	}
}

} // namespace migsafe
