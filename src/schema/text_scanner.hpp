/*
 * text_scanner.hpp
 *		A place in a text, moved on by what a grammar expects there.
 */
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace migsafe::schema {

/* Of ASCII, whatever the locale (RFC 5234, appendix B.1). */
constexpr bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

constexpr bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool
is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr bool
is_ascii(char c)
{
	return static_cast<unsigned char>(c) < 0x80;
}

inline bool
is_all_ascii(std::string_view text)
{
	constexpr uint64_t high_bits = 0x8080808080808080;
	uint64_t word, seen = 0;

	if (text.size() < sizeof(word))
		return std::all_of(text.begin(), text.end(), is_ascii);
	for (size_t i = 0; i < text.size() - sizeof(word); i += sizeof(word))
	{
		memcpy(&word, text.data() + i, sizeof(word));
		seen |= word;
	}
	memcpy(&word, text.data() + text.size() - sizeof(word), sizeof(word));
	return !((seen | word) & high_bits);
}

constexpr bool
is_one_of(char c, std::string_view characters)
{
	return characters.find(c) != std::string_view::npos;
}

constexpr char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/* May characters beyond ASCII stand where letters may? */
enum class repertoire { ascii, unicode };

/* A copy remembers the place. */
class text_scanner
{
public:
	explicit text_scanner(std::string_view text) : rest_(text) {}

	[[nodiscard]] bool at_end() const { return rest_.empty(); }
	[[nodiscard]] std::string_view rest() const { return rest_; }

	/* Is there a character that the test is true of? */
	template <class Test>
	[[nodiscard]] bool at(Test test) const
	{
		return !rest_.empty() && test(rest_.front());
	}
	[[nodiscard]] bool at(char wanted) const
	{
		return at([wanted](char c) { return c == wanted; });
	}

	/* Pass a character, if it is the wanted one, or if the wanted test is true of it. */
	template <class Wanted>
	bool accept(Wanted wanted)
	{
		const bool found = at(wanted);

		rest_.remove_prefix(found ? 1 : 0);
		return found;
	}

	/* Pass a letter, given in lower case, or a word, if it comes next, in whatever case. */
	bool accept_letter(char lower)
	{
		return accept([lower](char c) { return to_lower(c) == lower; });
	}
	bool accept_word(std::string_view lower);

	/* Pass the characters that the test is true of, and return them. */
	template <class Test>
	std::string_view take(Test test)
	{
		const auto end = std::find_if_not(rest_.begin(), rest_.end(), test);
		const std::string_view taken = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));

		rest_.remove_prefix(taken.size());
		return taken;
	}

	/* Pass and return what comes before the character, or everything. */
	std::string_view take_until(char stop)
	{
		return take([stop](char c) { return c != stop; });
	}

	/* Pass exactly so many digits, at most 4, and store their value. */
	bool accept_number(size_t digits, int *value);

	/* Pass % and two hexadecimal digits (RFC 3986, section 2.1). */
	bool accept_percent_encoded();

	/* Pass a character beyond ASCII that the test is true of.  Broken UTF-8 holds none. */
	bool accept_beyond_ascii(bool (*test)(char32_t));

private:
	std::string_view rest_;
};

} // namespace migsafe::schema
