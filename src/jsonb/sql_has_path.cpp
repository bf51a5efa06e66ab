/*
 * sql_has_path.cpp
 *		migsafe.jsonb_has_path: is there a value at a pointer?
 */
#include "jsonb/pointer.hpp"
#include "pg/memory.hpp"
#include "pg/value.hpp"

using namespace migsafe;

namespace {

struct path_step
{
	bool star;
	const char *name;
	int length;
	long index; /* as an array index, or -1 */
};

/* A parsed pointer, kept for the life of a call site. */
struct parsed_path
{
	std::string text;
	std::vector<jsonb::pointer_token> tokens;
	std::vector<path_step> steps;
};

bool has_path(JsonbContainer *container, const path_step *step, const path_step *end);

/* Server code: so are the next two. */
bool
value_has_path(const JsonbValue *value, const path_step *step, const path_step *end)
{
	if (value == nullptr)
		return false;
	if (step == end)
		return true;
	return value->type == jbvBinary && has_path(value->val.binary.data, step, end);
}

bool
any_has_path(JsonbContainer *container, const path_step *step, const path_step *end)
{
	JsonbValue item;
	JsonbIterator *iterator = JsonbIteratorInit(container);
	JsonbIteratorToken token;
	bool found = false;

	while (!found && (token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_VALUE || token == WJB_ELEM)
			found = value_has_path(&item, step, end);
	}
	return found;
}

bool
has_path(JsonbContainer *container, const path_step *step, const path_step *end)
{
	check_stack_depth();
	if (step == end)
		return true;
	if (JsonContainerIsScalar(container))
		return false;
	if (step->star)
		return any_has_path(container, step + 1, end);
	if (JsonContainerIsObject(container))
		return value_has_path(
			getKeyJsonValueFromContainer(container, step->name, step->length, nullptr), step + 1,
			end);
	return step->index >= 0 && step->index < JsonContainerSize(container) &&
		   value_has_path(
			   getIthJsonbValueFromContainer(container, static_cast<uint32>(step->index)), step + 1,
			   end);
}

const parsed_path &
path_of(FunctionCallInfo fcinfo, const std::string &text)
{
	auto *path = static_cast<parsed_path *>(fcinfo->flinfo->fn_extra);

	if (path == nullptr)
		fcinfo->flinfo->fn_extra = path = pg::make_in<parsed_path>(fcinfo->flinfo->fn_mcxt);
	else if (path->text == text)
		return *path;

	jsonb::pointer parsed = jsonb::parse_pointer(text, jsonb::stars::allowed);

	if (!parsed.error.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"path\" is not a JSON pointer: " + parsed.error)
			.detail("The argument is: " + text)
			.hint("A pointer is empty or begins with /; ~0 stands for ~, ~1 for /, ~2 for *.");
	path->tokens = std::move(parsed.tokens);
	path->steps.clear();
	for (const jsonb::pointer_token &t : path->tokens)
		path->steps.push_back(
			{t.star, t.name.c_str(), static_cast<int>(t.name.size()), jsonb::array_index(t.name)});
	path->text = text;
	return *path;
}

} // namespace

MIGSAFE_FUNCTION(migsafe_jsonb_has_path)
{
	const pg::arguments args(fcinfo);
	const parsed_path &path = path_of(fcinfo, args.string(1));
	const path_step *const begin = path.steps.data();
	const path_step *const end = begin + path.steps.size();
	Jsonb *const document = args.jsonb(0);

	PG_RETURN_BOOL(pg::call([=] { return has_path(&document->root, begin, end); }));
}
