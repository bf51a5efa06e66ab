/*
 * sql_has_path.cpp
 *		migsafe.jsonb_has_path: is there a value at a pointer?
 */
#include "jsonb/has_path.hpp"
#include "jsonb/sql_host.hpp"

using namespace migsafe;

namespace {

/* A parsed pointer, kept for the life of a call site. */
struct parsed_path
{
	std::string text;
	jsonb::steps steps;
	bool parsed = false;
};

const jsonb::steps &
path_of(FunctionCallInfo fcinfo, std::string_view text)
{
	auto &path = jsonb::state_of<parsed_path>(fcinfo);

	if (path.parsed && path.text == text)
		return path.steps;

	const jsonb::pointer parsed = jsonb::parse_pointer(text, jsonb::stars::allowed);

	if (!parsed.error.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"path\" is not a JSON pointer: " + parsed.error)
			.detail("The argument is: " + std::string(text))
			.hint("A pointer is empty or begins with /; ~0 stands for ~, ~1 for /, ~2 for *.");
	path.steps = jsonb::to_steps(parsed);
	path.text = text;
	path.parsed = true;
	return path.steps;
}

} // namespace

MIGSAFE_FUNCTION(migsafe_jsonb_has_path)
{
	const pg::arguments args(fcinfo);
	const jsonb::steps &path = path_of(fcinfo, args.view(1));

	PG_RETURN_BOOL(jsonb::has_path(jsonb::root_of(args.jsonb(0)), path, 0, jsonb::server_host()));
}
