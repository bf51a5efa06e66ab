#include "support/patches.hpp"

#include "support/generator.hpp"
#include "support/reference.hpp"

#include <algorithm>

namespace migsafe::test_bed {
namespace {

constexpr std::array<const char *, 6> operations = {"add",  "remove", "replace",
													"move", "copy",   "test"};
constexpr std::array<const char *, 5> extensions = {"rename", "cast", "default", "wrap", "unwrap"};
constexpr std::array<const char *, 4> types = {"string", "number", "boolean", "null"};
constexpr std::array<const char *, 8> odd_tokens = {
	"/-", "/0", "/01", "/a", "/nowhere", "/", "/1e0", "/99999999999999999999"};
constexpr std::array<const char *, 6> odd_pointers = {"a", "/~", "/a~3", "/~2", "/a/", " /a"};
constexpr std::array<const char *, 4> member_names = {"op", "path", "from", "value"};

std::string
token_of(const std::string &key)
{
	std::string token = "/";

	for (char c : key)
		token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
	return token;
}

/* Some token of a container, and what it leads to. */
const json &
step_into(const json &container, std::string &pointer, choices &choose)
{
	const uint32_t i = choose.below(static_cast<uint32_t>(container.size()));

	if (container.is_array())
	{
		pointer += "/" + std::to_string(i);
		return container[i];
	}

	const auto member = std::next(container.begin(), i);

	pointer += token_of(member.key());
	return *member;
}

/* Of some value in the document. */
std::string
any_place(const json &document, choices &choose, const json **found = nullptr)
{
	const json *v = &document;
	std::string pointer;

	while (v->is_structured() && !v->empty() &&
		   !(pointer.empty() ? choose.one_in(12) : choose.one_in(3)))
		v = &step_into(*v, pointer, choose);
	if (found)
		*found = v;
	return pointer;
}

/* Where something could be added; or where nothing could. */
std::string
any_new_place(const json &document, choices &choose)
{
	const json *v = nullptr;
	std::string pointer = any_place(document, choose, &v);

	if (choose.one_in(3))
		return pointer;
	if (v->is_object())
		return pointer + token_of(any_key(choose));
	if (v->is_array())
		return pointer +
			   (choose.one_in(2)
					? "/-"
					: "/" + std::to_string(choose.below(static_cast<uint32_t>(v->size()) + 1)));
	return pointer + (choose.one_in(8) ? choose.of(odd_tokens) : "");
}

json
any_operation(const json &document, choices &choose)
{
	json operation{{"op", choose.of(operations)}};
	const std::string &name = operation["op"].get_ref<const std::string &>();
	const json *found = nullptr;

	if (name == "add" || name == "move" || name == "copy")
		operation["path"] = any_new_place(document, choose);
	else
		operation["path"] = any_place(document, choose, &found);
	if (name == "test" && !choose.one_in(3))
		operation["value"] = *found;
	else if (name == "add" || name == "replace" || name == "test")
		operation["value"] = any_value(choose, 2);
	else if (name == "move" || name == "copy")
		operation["from"] = any_place(document, choose);
	return operation;
}

/* In one of the ways that a patch can be wrong. */
void
damage(json &operation, choices &choose)
{
	switch (choose.below(6))
	{
		case 0:
			operation.erase(choose.of(member_names));
			break;
		case 1:
			operation[choose.of(member_names)] = any_value(choose, 1);
			break;
		case 2:
			operation["path"] = operation["path"].get<std::string>() + choose.of(odd_tokens);
			break;
		case 3:
			operation["path"] = choose.of(odd_pointers);
			break;
		case 4:
			operation[any_key(choose)] = any_value(choose, 1);
			break;
		default:
			operation = any_value(choose, 1);
	}
}

/* Put a star in the place of some tokens, and escape what was one. */
std::string
with_stars(const std::string &pointer, choices &choose)
{
	std::string starred;
	size_t begin = 0;

	while (begin < pointer.size())
	{
		const size_t end = std::min(pointer.find('/', begin + 1), pointer.size());

		const std::string token = pointer.substr(begin, end - begin);

		starred += choose.one_in(3) ? "/*" : token == "/*" ? "/~2" : token;
		begin = end;
	}
	return starred;
}

/* Put a star in the place of the first token, or of the second. */
std::string
with_one_star(const std::string &pointer, bool second)
{
	const size_t begin = second ? pointer.find('/', 1) : 0;

	if (pointer.empty() || begin == std::string::npos)
		return pointer;

	const size_t end = std::min(pointer.find('/', begin + 1), pointer.size());

	return pointer.substr(0, begin) + "/*" + pointer.substr(end);
}

json
any_extension(const json &document, choices &choose)
{
	json operation{{"op", choose.of(extensions)}, {"path", any_place(document, choose)}};
	const std::string &name = operation["op"].get_ref<const std::string &>();

	if (name == "rename")
		operation["to"] = any_key(choose);
	else if (name == "cast")
		operation["to"] = choose.of(types);
	else if (name == "default")
		operation["value"] = any_value(choose, 1);
	else if (choose.one_in(2))
		operation["key"] = any_key(choose);
	return operation;
}

} // namespace

patch_case
any_patch(const json &document, choices &choose)
{
	patch_case result{json::array(), std::optional<json>(document)};

	for (uint32_t i = choose.below(6); i > 0 && result.expected; i--)
	{
		json operation = any_operation(*result.expected, choose);

		if (choose.one_in(30))
			damage(operation, choose);
		result.patch.push_back(operation);
		if (!apply_reference(*result.expected, operation))
			result.expected.reset();
	}
	return result;
}

json
any_extended_patch(const json &document, choices &choose)
{
	json patch = json::array();
	/* The same for all, so that operations come together whose pointers begin alike. */
	const uint32_t stars = choose.below(3);

	for (uint32_t i = choose.below(6); i > 0; i--)
	{
		json operation =
			choose.one_in(2) ? any_extension(document, choose) : any_operation(document, choose);

		for (const char *name : {"path", "from"})
		{
			if (operation.contains(name) && stars < 2)
				operation[name] = with_one_star(operation[name].get<std::string>(), stars == 1);
			else if (operation.contains(name) && choose.one_in(2))
				operation[name] = with_stars(operation[name].get<std::string>(), choose);
		}
		if (!choose.one_in(3))
			operation["optional"] = true;
		if (choose.one_in(30))
			damage(operation, choose);
		patch.push_back(operation);
	}
	return patch;
}

} // namespace migsafe::test_bed
