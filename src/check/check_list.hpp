/*
 * check_list.hpp
 *		Checks as they are written, in JSON, with the names of stored lists resolved.
 */
#pragma once

#include "pg/value.hpp"

#include <map>
#include <string>
#include <vector>

namespace migsafe {

struct element
{
	std::string type; /* as jsonb_typeof says */
	std::string text; /* of a string its value, else JSON */
};

/* A member of a check; if it is an array, with its elements. */
struct member
{
	std::string type, text;
	std::vector<element> elements;
};

using members = std::map<std::string, member>;

struct check_item
{
	std::string label; /* check 2 of argument "checks" */
	members given;
};

struct check_list
{
	std::vector<check_item> items;
	std::string json; /* all of them, as an array */
};

/*
 * Read a function's argument: a JSON array of objects.  A string in it, or in
 * its place, is the name of a stored list, whose items take its place.  22023
 * for another form, 42704 for a name that is not there.
 */
check_list read_checks(Jsonb *argument, const char *argument_name);

/* The same of the JSON text of a record; empty if there is none. */
check_list checks_from_text(const std::string &json);

/* The same, with a string refused: for a list that is to be stored. */
check_list read_checks_without_names(Jsonb *argument, const char *argument_name);

} // namespace migsafe
