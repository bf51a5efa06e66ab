#include "jsonb/walk.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

/* In messages. */
constexpr size_t longest_pointer = 500, longest_name = 100;

std::string
array_reason(const node &n, const std::string &token, long index)
{
	if (token == "-")
		return "- stands for the place after the last element, where there is none";
	if (index < 0)
		return "\"" + shortened(token, longest_name) + "\" is no array index";
	return "the array has " + std::to_string(n.count) + (n.count == 1 ? " element" : " elements");
}

std::string
optional_hint(dialect mode)
{
	return mode == dialect::extended
			   ? "With \"optional\": true the operation does nothing where its place is missing."
			   : "Pass extensions => true and give the operation the member \"optional\": true to "
				 "do "
				 "nothing where its place is missing.";
}

} // namespace

std::string
pointer_text(const steps &pointer, size_t size, const binding *innermost)
{
	std::vector<std::string> tokens;
	std::string text;
	size_t star = 0;

	for (const binding *b = innermost; b != nullptr; b = b->outer)
		tokens.push_back(b->token());
	std::reverse(tokens.begin(), tokens.end());
	for (size_t i = 0; i < size; i++)
	{
		if (!pointer[i].star)
			text += "/" + escape_token(pointer[i].name);
		else if (star < tokens.size())
			text += "/" + escape_token(tokens[star++]);
		else
			text += "/*";
	}
	return text;
}

void
walker::fail(const char (&code)[6], const std::string &reason, const steps &pointer,
			 const binding *outer, const std::string &hint) const
{
	throw failure(sqlstate(code),
				  "operation " + std::to_string(op_.number) + " (" + operation_name(op_.code) +
					  ") of " + subject_ + " failed at \"" +
					  shortened(pointer_text(pointer, pointer.size(), outer), longest_pointer) +
					  "\": " + reason)
		.detail("The operation is " + json_text(op_.source) + ".")
		.hint(hint);
}

bool
walker::missing(const char (&code)[6], const std::string &reason, const std::string &hint,
				const steps &pointer, const binding *outer) const
{
	if (!op_.optional)
		fail(code, reason, pointer, outer, hint + optional_hint(op_.mode));
	return false;
}

std::string
walker::way_hint() const
{
	return op_.code == opcode::add || op_.code == opcode::assure
			   ? "Containers on the way are not made: add them before. "
			   : "";
}

bool
walker::no_container(const item &place, const steps &pointer, size_t at, const binding *outer) const
{
	if (op_.optional)
		return false;
	const std::string holder =
		at == 0 ? "the document"
				: "\"" + shortened(pointer_text(pointer, at, outer), longest_name) + "\"";

	return missing("2203A", holder + " is of type " + type_name(place) + " and has no members", "",
				   pointer, outer);
}

bool
walker::absent(const node &n, const steps &pointer, size_t at, const binding *outer) const
{
	if (op_.optional)
		return false;

	const step &s = pointer[at];

	if (n.object)
		return missing("2203A", "there is no member \"" + shortened(s.name, longest_name) + "\"",
					   way_hint(), pointer, outer);
	return missing("22033", array_reason(n, s.name, s.index),
				   "An index is 0, 1, 2 and so on; - is the place after the last element. ",
				   pointer, outer);
}

} // namespace migsafe::jsonb
