#include "jsonb/operation.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"

#include <algorithm>
#include <iterator>

namespace migsafe::jsonb {
namespace {

constexpr long most_steps = 1000000;
constexpr size_t longest_name = 100; /* in messages */

/* Which members an operation has besides op and path. */
enum members : unsigned { none = 0, has_from = 1, has_value = 2, has_to = 4, has_key = 8 };

struct definition
{
	const char *name;
	opcode code;
	unsigned members;
	dialect least;
};

constexpr definition definitions[] = {
	{"add", opcode::add, has_value, dialect::strict},
	{"remove", opcode::remove, none, dialect::strict},
	{"replace", opcode::replace, has_value, dialect::strict},
	{"move", opcode::move, has_from, dialect::strict},
	{"copy", opcode::copy, has_from, dialect::strict},
	{"test", opcode::test, has_value, dialect::strict},
	{"rename", opcode::rename, has_to, dialect::extended},
	{"cast", opcode::cast, has_to, dialect::extended},
	{"default", opcode::assure, has_value, dialect::extended},
	{"wrap", opcode::wrap, has_key, dialect::extended},
	{"unwrap", opcode::unwrap, has_key, dialect::extended},
};

const definition *
find_definition(std::string_view name)
{
	const auto *const found = std::find_if(std::begin(definitions), std::end(definitions),
										   [=](const definition &d) { return d.name == name; });

	return found == std::end(definitions) ? nullptr : found;
}

std::string
known_names(dialect mode)
{
	std::string names;

	for (const definition &d : definitions)
	{
		if (d.least <= mode)
			names += (names.empty() ? "" : ", ") + std::string(d.name);
	}
	return names;
}

class parser
{
public:
	parser(const value &element, size_t number, dialect mode, const std::string &subject)
		: element_(element), number_(number), mode_(mode), subject_(subject)
	{
	}

	operation parse()
	{
		if (!element_.is_object())
			fail("is no object", "Each operation is a JSON object with the members op and path.");

		const definition &d = parse_name();
		operation op;

		op.number = number_;
		op.code = d.code;
		op.mode = mode_;
		op.source = element_;
		op.path = parse_pointer_member("path");
		if (d.members & has_from)
			parse_from(op);
		if (d.members & has_value)
			op.operand = required("value", "Say the value, which may be null.");
		if (d.members & has_to)
			op.to =
				string_member("to", op.code == opcode::cast
										? "It is the type to cast to: string, number or boolean."
										: "It is the new key; path leads to the member.");
		if (op.code == opcode::cast)
			op.type = scalar_type_of(op.to);
		if ((d.members & has_key) && container(element_).find("key"))
			op.key = string_member("key", "");
		if (mode_ == dialect::extended)
			op.optional = parse_optional();
		if (d.least == dialect::extended)
			check_members();
		check(op);
		return op;
	}

private:
	[[noreturn]] void fail(const std::string &what, const std::string &hint) const
	{
		throw failure(sqlstate("22023"),
					  "operation " + std::to_string(number_) + " of " + subject_ + " " + what)
			.detail("The operation is " + json_text(element_) + ".")
			.hint(hint);
	}

	[[nodiscard]] value required(const std::string &name, const std::string &hint) const
	{
		const auto found = container(element_).find(name);

		if (!found)
			fail("has no member \"" + name + "\"", hint);
		return *found;
	}

	[[nodiscard]] std::string string_member(const std::string &name, const std::string &hint) const
	{
		const value v = required(name, hint);

		if (!v.is_string())
			fail("has a member \"" + name + "\" of type " + v.type_name(),
				 "It has to be a string.");
		return std::string(v.bytes());
	}

	[[nodiscard]] const definition &parse_name() const
	{
		const std::string name =
			string_member("op", "It says what to do: " + known_names(mode_) + ".");
		const definition *const d = find_definition(name);

		if (d == nullptr)
			fail("is of an unknown kind: \"" + shortened(name, longest_name) + "\"",
				 "Operations are " + known_names(mode_) + ".");
		if (d->least > mode_)
			fail("is of an extended kind: \"" + name + "\"",
				 "RFC 6902 knows " + known_names(mode_) +
					 "; pass extensions => true for the others.");
		return *d;
	}

	[[nodiscard]] steps parse_pointer_member(const char *name) const
	{
		const std::string text = string_member(name, "It is a JSON Pointer, such as \"/a/b\".");
		const std::string what =
			"has a member \"" + std::string(name) + "\" that is no JSON Pointer: ";

		if (std::count(text.begin(), text.end(), '/') > most_steps)
			fail("has a pointer of more than " + std::to_string(most_steps) + " tokens",
				 "No document is nested as deeply.");

		const pointer parsed =
			parse_pointer(text, mode_ == dialect::extended ? stars::allowed : stars::literal);

		if (!parsed.error.empty())
			fail(what + parsed.error,
				 mode_ == dialect::extended
					 ? "A pointer is empty or begins with /; ~0 stands for ~, ~1 for /, ~2 for *."
					 : "A pointer is empty or begins with /; ~0 stands for ~, ~1 for /.");
		for (const pointer_token &token : parsed.tokens)
		{
			if (mode_ == dialect::strict && token.name == "*")
				fail("has a star in its member \"" + std::string(name) + "\"",
					 "Pass extensions => true: then * stands for every member or element, and ~2 "
					 "for a literal *.");
		}
		return to_steps(parsed);
	}

	void parse_from(operation &op) const
	{
		op.from = parse_pointer_member("from");
		while (op.common < op.from.size() && op.common < op.path.size() &&
			   op.from[op.common].name == op.path[op.common].name &&
			   op.from[op.common].star == op.path[op.common].star)
			op.common++;
	}

	[[nodiscard]] bool parse_optional() const
	{
		const auto found = container(element_).find("optional");

		if (!found)
			return false;
		if (found->type != format::type_true && found->type != format::type_false)
			fail("has a member \"optional\" of type " + std::string(found->type_name()),
				 "It has to be true or false, without quotes.");
		return found->type == format::type_true;
	}

	/* The RFC has unknown members ignored in its operations; in ours they are slips. */
	void check_members() const
	{
		constexpr std::string_view known[] = {"op",   "to",    "key",     "from",
											  "path", "value", "comment", "optional"};

		for (cursor given(element_); given.next();)
		{
			if (std::find(std::begin(known), std::end(known), given.key()) == std::end(known))
				fail("has an unknown member: \"" + shortened(given.key(), longest_name) + "\"",
					 "Members are op, path, from, value, to, key, optional and comment.");
		}
	}

	void check(const operation &op) const
	{
		if (op.code == opcode::move && op.common == op.from.size() &&
			op.path.size() > op.from.size())
			fail("moves a value into itself", "Move it next to its old place, or copy it.");
		if (op.code == opcode::remove && op.path.empty())
			fail("removes the whole document",
				 "Set the column to NULL by an SQL expression, or replace the document.");
		if (op.code == opcode::rename && (op.path.empty() || op.path.back().star))
			fail("renames no single member", "End the path with the member's present key.");
		if (op.code == opcode::cast && op.type == scalar_type::none)
			fail("casts to an unknown type: \"" + shortened(op.to, longest_name) + "\"",
				 "Types are string, number and boolean.");
		if (op.code == opcode::move || op.code == opcode::copy)
			check_stars(op);
	}

	void check_stars(const operation &op) const
	{
		const auto count = [](const steps &pointer) {
			return std::count_if(pointer.begin(), pointer.end(),
								 [](const step &s) { return s.star; });
		};
		const auto from = count(op.from), path = count(op.path);

		if (from != path && (op.code == opcode::move || from != 0))
			fail("has another number of stars in from than in path",
				 "The stars of path stand for the members that those of from stand for, one by "
				 "one.");
	}

	const value &element_;
	const size_t number_;
	const dialect mode_;
	const std::string &subject_;
};

} // namespace

const char *
operation_name(opcode code)
{
	return std::find_if(std::begin(definitions), std::end(definitions),
						[=](const definition &d) { return d.code == code; })
		->name;
}

operation
parse_operation(const value &element, size_t number, dialect mode, const std::string &subject)
{
	return parser(element, number, mode, subject).parse();
}

} // namespace migsafe::jsonb
