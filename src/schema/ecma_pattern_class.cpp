#include "schema/ecma_pattern_class.hpp"

#include "schema/ecma_pattern_property.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace migsafe::schema {
namespace {

/* WhiteSpace and LineTerminator of ECMA-262, and all else. */
constexpr const char *white_space =
	"\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"
	"\\x{3000}\\x{feff}";
constexpr const char *no_white_space =
	"\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-"
	"\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}"
	"-"
	"\\x{10ffff}";

/* For messages, which may be in another encoding than the pattern; the names of properties are in ASCII. */
std::string
quoted(std::string_view name)
{
	const bool ascii = std::none_of(name.begin(), name.end(), [](char c) { return c & 0x80; });

	return ascii ? " \"" + std::string(name) + "\"" : std::string();
}

std::string
translate_property(ecma_reader &in)
{
	const size_t begin = in.offset() - 1;
	const char kind = in.take("P") ? 'P' : 'p';

	if (kind == 'p')
		in.take("p");

	const std::string_view expression = in.take("{") ? in.take_until('}') : std::string_view();
	const character_property property = find_property(expression);

	if (property.text.empty())
	{
		in.fail(begin,
				expression.empty() ? "\\p without {property}"
								   : "unknown property" + quoted(expression),
				property_hint(expression));
		return {};
	}
	if (!property.supported)
	{
		in.refuse(begin, "property \"" + std::string(expression) + "\"",
				  "The installed version of PCRE2 does not know it.");
		return "\\p{Any}";
	}
	return std::string("\\") + kind + "{" + property.text + "}";
}

class class_translator
{
public:
	explicit class_translator(ecma_reader &in) : in_(in) {}

	std::string translate()
	{
		const size_t begin = in_.offset() - 1;
		const bool negated = in_.take("^");

		while (!in_.done() && in_.peek() != ']')
			translate_member();
		if (!in_.take("]"))
			in_.fail(begin, "unterminated character class",
					 "It needs a ]; a [ itself is written \\[.");

		const bool everything = has_opposites();

		if (everything || members_.empty())
			return everything == negated ? no_character : any_character;
		return (negated ? "[^" : "[") + members_ + "]";
	}

private:
	struct member
	{
		uint32_t code = 0;
		std::string set; /* if it is not empty, this is no single character */
	};

	member read_member()
	{
		if (!in_.take("\\"))
			return {in_.next(), {}};
		if (in_.take("b"))
			return {'\b', {}};

		const char name = in_.peek();
		std::string set = translate_set_escape(in_);

		if (set.empty())
			return {in_.character_escape(), {}};
		if (name != 'p' && name != 'P')
			sets_ += name;
		return {0, std::move(set)};
	}

	void append(const member &m)
	{
		if (m.set.empty())
			append_character(members_, m.code);
		else
			members_ += m.set;
	}

	/* What stands for no character, because it is no scalar value, is left out of both ends. */
	void append_range(uint32_t from, uint32_t to)
	{
		constexpr uint32_t before_surrogates = 0xD7FF, after_surrogates = 0xE000;

		if (is_surrogate(from))
			from = after_surrogates;
		if (is_surrogate(to))
			to = before_surrogates;
		if (from > to)
			return;
		append_character(members_, from);
		members_ += '-';
		append_character(members_, to);
	}

	void translate_member()
	{
		const size_t begin = in_.offset();
		const member first = read_member();

		if (in_.peek() != '-' || in_.peek(1) == ']')
		{
			append(first);
			return;
		}
		in_.take("-");

		const member second = read_member();

		if (first.set.empty() && second.set.empty())
		{
			if (first.code > second.code)
				in_.fail(begin, "range out of order in a character class",
						 "A range goes from the lower character to the higher; a hyphen itself is "
						 "written \\-.");
			append_range(first.code, second.code);
			return;
		}
		append(first);
		append_character(members_, '-');
		append(second);
	}

	/* [\s\S] and the like, which is how many write any character. */
	[[nodiscard]] bool has_opposites() const
	{
		return std::any_of(sets_.begin(), sets_.end(), [this](char c) {
			return sets_.find(static_cast<char>(c ^ ('a' ^ 'A'))) != std::string::npos;
		});
	}

	ecma_reader &in_;
	std::string members_;
	std::string sets_; /* the letters of their escapes */
};

} // namespace

void
append_character(std::string &pattern, uint32_t code)
{
	char digits[8];

	if (is_surrogate(code))
		return;
	if (is_digit(code) || is_letter(code))
	{
		pattern += static_cast<char>(code);
		return;
	}

	const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), code, 16);

	pattern += "\\x{";
	pattern.append(digits, end);
	pattern += '}';
}

std::string
translate_set_escape(ecma_reader &in)
{
	const char name = in.peek();

	switch (name)
	{
		case 'd':
		case 'D':
		case 'w':
		case 'W':
			in.next();
			return std::string("\\") + name;
		case 's':
		case 'S':
			in.next();
			return name == 's' ? white_space : no_white_space;
		case 'p':
		case 'P':
			return translate_property(in);
		default:
			return {};
	}
}

std::string
translate_class(ecma_reader &in)
{
	return class_translator(in).translate();
}

} // namespace migsafe::schema
