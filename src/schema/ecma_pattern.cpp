#include "schema/ecma_pattern.hpp"

#include "schema/ecma_pattern_class.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace migsafe::schema {
namespace {

constexpr uint64_t most_repeats = 65535; /* of PCRE2 */
constexpr uint64_t without_end = std::numeric_limits<uint64_t>::max();
constexpr size_t longest_pattern = 1000000;

constexpr const char *parenthesis_hint = "A parenthesis itself is written \\( or \\).";

/* What begins with (? in ECMA-262, save named groups; in PCRE2 the same. */
constexpr std::string_view group_kinds[] = {"?:", "?=", "?!", "?<=", "?<!"};

struct open_group
{
	size_t begin = 0;  /* in the pattern */
	size_t offset = 0; /* in the translation */
	size_t number = 0; /* 0 if it captures nothing */
	bool lookbehind = false;
};

struct capture
{
	std::string name; /* empty if it has none */
	bool closed = false;
};

struct reference
{
	size_t begin = 0;
	uint64_t number = 0;
	std::string name; /* if it is not empty, this counts instead of the number */
};

struct repeat
{
	std::string text; /* empty if there is none */
	uint64_t least = 0, most = 0;
};

class translator
{
public:
	explicit translator(std::string_view text) : in_(text) {}

	ecma_translation translate()
	{
		while (!in_.done())
			translate_term();
		if (!open_.empty())
			in_.fail(open_.back().begin, "unterminated group", parenthesis_hint);
		for (const reference &r : references_)
			check_reference(r);
		result_.invalid = in_.invalid();
		result_.unsupported = in_.unsupported();
		return std::move(result_);
	}

private:
	void translate_term()
	{
		const size_t begin = in_.offset();
		size_t item = result_.text.size();

		if (!read_repeat().text.empty())
			in_.fail(begin, "nothing to repeat", "*, +, ?, { and } themselves take a backslash.");
		else if (translate_item(&item))
			translate_repeat(item);
	}

	/* Returns whether it may be repeated; then where its translation begins, if that is not at its own start. */
	bool translate_item(size_t *item)
	{
		std::string &out = result_.text;
		const size_t begin = in_.offset();

		if (in_.done())
			return false;
		switch (in_.peek())
		{
			case '^':
			case '$':
			case '|':
				out += static_cast<char>(in_.next());
				return false;
			case '(':
				open();
				return false;
			case ')':
				return close(item);
			case '.':
				in_.next();
				out += "[^\\x{a}\\x{d}\\x{2028}\\x{2029}]";
				return true;
			case '[':
				in_.next();
				translate_set(begin);
				return true;
			case ']':
				check_posix_class();
				break;
			case '\\':
				in_.next();
				return translate_escape();
			default:
				break;
		}
		append_character(out, in_.next());
		return true;
	}

	void open()
	{
		open_group group{in_.offset(), result_.text.size(), 0, false};

		in_.take("(");

		const auto *const kind = std::find_if(std::begin(group_kinds), std::end(group_kinds),
											  [this](std::string_view k) { return in_.take(k); });

		if (kind != std::end(group_kinds))
		{
			group.lookbehind = kind->size() == 3;
			result_.text += "(" + std::string(*kind);
		}
		else
		{
			open_capture(group.begin);
			group.number = captures_.size();
			result_.text += "(";
		}
		lookbehinds_ += group.lookbehind;
		open_.push_back(group);
	}

	void open_capture(size_t begin)
	{
		capture opened;

		if (in_.take("?<"))
		{
			opened.name = read_name(begin);
			if (find_capture(opened.name) != 0)
				in_.fail(begin, "two groups of one name",
						 "Each group needs a name of its own, or none.");
		}
		else if (in_.peek() == '?')
			in_.fail(begin, "unknown kind of group",
					 "Groups begin with (, (?:, (?=, (?!, (?<=, (?<! or (?<name>; ECMA-262 has "
					 "neither flags within a pattern nor atomic groups, conditions and comments.");
		captures_.push_back(std::move(opened));
	}

	bool close(size_t *item)
	{
		if (open_.empty())
		{
			in_.fail(in_.offset(), "unmatched )", parenthesis_hint);
			return false;
		}

		const open_group group = open_.back();

		in_.next();
		result_.text += ')';
		open_.pop_back();
		if (group.number > 0)
			captures_[group.number - 1].closed = true;
		lookbehinds_ -= group.lookbehind;
		*item = group.offset;
		return !group.lookbehind;
	}

	void translate_set(size_t begin)
	{
		result_.text += translate_class(in_);

		const std::string_view text = in_.read_since(begin);

		if (text.ends_with(":]") && text.substr(0, text.size() - 2).find("[:") != text.npos)
			posix_class_ = std::min(posix_class_, begin);
	}

	/*
	 * [[:alpha:]] is, in ECMA-262, a class and a lone ], which we would take, for the error that it is with the
	 * flag u, from nobody but those who mean something else.
	 */
	void check_posix_class()
	{
		if (posix_class_ != std::string::npos)
			in_.fail(posix_class_, "POSIX character class",
					 "ECMA-262 has none: write [A-Za-z], \\d or \\p{L}.");
	}

	/* Read after its backslash. */
	bool translate_escape()
	{
		std::string &out = result_.text;

		if (in_.peek() == 'b' || in_.peek() == 'B')
		{
			out += '\\';
			out += static_cast<char>(in_.next());
			return false;
		}
		if (in_.peek() >= '1' && in_.peek() <= '9')
		{
			translate_numbered_reference();
			return true;
		}
		if (in_.take("k"))
		{
			translate_named_reference();
			return true;
		}

		const std::string set = translate_set_escape(in_);

		if (set.empty())
			translate_character_escape();
		else
			out += set.size() == 2 ? set : "[" + set + "]";
		return true;
	}

	void translate_character_escape()
	{
		const uint32_t code = in_.character_escape();

		if (is_surrogate(code))
			result_.text += no_character;
		else
			append_character(result_.text, code);
	}

	void translate_numbered_reference()
	{
		reference r{in_.offset() - 1, 0, {}};

		in_.take_number(&r.number);
		append_reference(r.begin, r.number);
		references_.push_back(std::move(r));
	}

	void translate_named_reference()
	{
		reference r{in_.offset() - 2, 0, {}};

		if (!in_.take("<"))
			in_.fail(r.begin, "\\k without <name>", "It is written \\k<name>.");
		r.name = read_name(r.begin);
		append_reference(r.begin, find_capture(r.name));
		references_.push_back(std::move(r));
	}

	/*
	 * A group that is still open, or comes later, has matched nothing by then: what it matched in an earlier
	 * round of a repeat is forgotten.  The others are put into groups, since PCRE2 10.42, compiled to machine
	 * code, repeats a reference wrongly whose group has matched nothing.
	 */
	void append_reference(size_t begin, uint64_t number)
	{
		std::string &out = result_.text;

		if (lookbehinds_ > 0)
			in_.refuse(begin, "backreference within a lookbehind",
					   "Write out what it is to match, or check it in another way.");
		if (number == 0 || number > captures_.size() || !captures_[number - 1].closed)
		{
			out += "(?:)";
			return;
		}
		result_.has_references = true;
		out += "(?:";
		result_.long_items.push_back({out.size(), 0, static_cast<uint32_t>(number)});
		out += "\\g{" + std::to_string(number) + "})";
	}

	void check_reference(const reference &r)
	{
		if (r.name.empty() && r.number > captures_.size())
			in_.fail(r.begin, "there is no group " + std::to_string(r.number),
					 "\\1 stands for what the first group has matched; octal escapes are written "
					 "\\x01.");
		if (!r.name.empty() && find_capture(r.name) == 0)
			in_.fail(r.begin, "there is no group of this name",
					 "A group gets its name by (?<name>...).");
	}

	/* Its number, from 1; 0 if there is none. */
	[[nodiscard]] size_t find_capture(const std::string &name) const
	{
		const auto found = std::find_if(captures_.begin(), captures_.end(),
										[&](const capture &c) { return c.name == name; });

		return found == captures_.end() ? 0 : static_cast<size_t>(found - captures_.begin()) + 1;
	}

	/* The name of a group, each character as append_character has it, and the > after it. */
	std::string read_name(size_t begin)
	{
		constexpr uint32_t first_beyond_ascii = 0x80;
		std::string name;

		while (!in_.done() && in_.peek() != '>')
		{
			const uint32_t code = in_.peek() == '\\' && in_.peek(1) == 'u'
									  ? (in_.next(), in_.character_escape())
									  : in_.next();

			if (!is_letter(code) && code != '_' && code != '$' && code < first_beyond_ascii &&
				(name.empty() || !is_digit(code)))
				in_.fail(begin, "name of a group that is no identifier",
						 "Names consist of letters, digits, _ and $, and begin with no digit.");
			append_character(name, code);
		}
		if (!in_.take(">") || name.empty())
			in_.fail(begin, "group without a name",
					 "It is written (?<name>...), and a reference to it \\k<name>.");
		return name;
	}

	void translate_repeat(size_t item)
	{
		const size_t begin = in_.offset();
		repeat r = read_repeat();

		if (r.text.empty())
			return;
		if (r.least > r.most)
			in_.fail(begin, "repeat counts out of order", "The smaller one is the first.");
		if (r.least > most_repeats || (r.most > most_repeats && r.most != without_end))
			in_.refuse(begin, "more than " + std::to_string(most_repeats) + " repeats",
					   "Use minLength and maxLength for the length of long texts.");
		if (r.most == 0)
			set_off(item);
		if (r.least > 1)
			result_.long_items.push_back({item, r.least, 0});
		result_.text += r.text;
	}

	/*
	 * What is repeated no times.  PCRE2 10.42 skips only the first alternative of such a group where it works out
	 * what a match has to begin with, unless something else comes before.
	 */
	void set_off(size_t item)
	{
		std::vector<long_item> &items = result_.long_items;

		result_.text.insert(item, "(?:)");
		while (!items.empty() && items.back().offset >= item)
			items.pop_back();
	}

	repeat read_repeat()
	{
		repeat r;

		if (in_.take("*"))
			r = {"*", 0, without_end};
		else if (in_.take("+"))
			r = {"+", 1, without_end};
		else if (in_.take("?"))
			r = {"?", 0, 1};
		else
			r = read_counts();
		if (!r.text.empty() && in_.take("?"))
			r.text += '?';
		return r;
	}

	/* {n}, {n,} or {n,m}; anything else is no repeat, and remains unread. */
	repeat read_counts()
	{
		const size_t begin = in_.offset();
		repeat r;

		if (in_.take("{") && in_.take_number(&r.least))
		{
			r.text = "{" + std::to_string(r.least);
			r.most = r.least;
			if (in_.take(","))
			{
				const bool ends = in_.take_number(&r.most);

				r.most = ends ? std::min(r.most, without_end - 1) : without_end;
				r.text += "," + (ends ? std::to_string(r.most) : "");
			}
			r.text += '}';
			if (in_.take("}"))
				return r;
		}
		in_.back_to(begin);
		return {};
	}

	ecma_reader in_;
	ecma_translation result_;
	std::vector<open_group> open_;
	std::vector<capture> captures_;
	std::vector<reference> references_;
	int lookbehinds_ = 0; /* that are open */
	size_t posix_class_ = std::string::npos;
};

} // namespace

ecma_translation
translate_ecma(std::string_view text)
{
	if (text.size() > longest_pattern)
	{
		ecma_translation result;

		result.invalid = {"longer than " + std::to_string(longest_pattern) + " bytes",
						  "Patterns as long are not supported.", 1};
		return result;
	}
	return translator(text).translate();
}

} // namespace migsafe::schema
