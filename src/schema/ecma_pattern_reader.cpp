#include "schema/ecma_pattern_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace migsafe::schema {
namespace {

constexpr uint32_t last_code = 0x10FFFF;

/* How many bytes a character of UTF-8 has, by its first one; 0 if none begins so. */
int
size_by(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	if (first < 0xE0)
		return 2;
	return first < 0xF0 ? 3 : 4;
}

/* Has it the shortest spelling in UTF-8 of so many bytes? */
bool
is_scalar(uint32_t code, int size)
{
	constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	return code >= least[size] && code <= last_code && !is_surrogate(code);
}

constexpr const char *escape_hint =
	"Patterns are regular expressions of ECMA-262, as in JavaScript; a backslash itself is "
	"written \\\\.";

/* A word about what other dialects mean by it. */
std::string
hint_for(uint32_t escape)
{
	switch (escape)
	{
		case 'A':
			return "The start of the text is ^ in ECMA-262.";
		case 'Z':
		case 'z':
			return "The end of the text is $ in ECMA-262.";
		case 'h':
			return "Blanks are [\\t\\p{Zs}] in ECMA-262.";
		case 'a':
		case 'e':
			return "Control characters are written \\x07 or \\u001b in ECMA-262.";
		default:
			return escape_hint;
	}
}

} // namespace

bool
ecma_reader::take(std::string_view expected)
{
	if (text_.substr(at_, expected.size()) != expected)
		return false;
	at_ += expected.size();
	return true;
}

uint32_t
ecma_reader::next()
{
	if (done())
		return 0;

	const auto first = static_cast<unsigned char>(text_[at_]);
	const int size = size_by(first);
	uint32_t code = size == 1 ? first : first & (0x7Fu >> size);

	for (int i = 1; i < size; i++)
	{
		const auto byte = static_cast<unsigned char>(peek(static_cast<size_t>(i)));

		code = (byte & 0xC0) == 0x80 ? code << 6 | (byte & 0x3F) : ~0u;
		if (code == ~0u)
			break;
	}
	if (size == 0 || !is_scalar(code, size))
	{
		fail(at_, "a byte that is not UTF-8");
		return 0;
	}
	at_ += static_cast<size_t>(size);
	return code;
}

bool
ecma_reader::take_number(uint64_t *number)
{
	const char *const begin = text_.data() + at_;
	const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), *number);

	if (error == std::errc::result_out_of_range)
		*number = std::numeric_limits<uint64_t>::max();
	at_ += static_cast<size_t>(end - begin);
	return end != begin;
}

std::string_view
ecma_reader::take_until(char end)
{
	const size_t found = text_.find(end, at_);

	if (found == std::string_view::npos)
		return {};

	const std::string_view before = text_.substr(at_, found - at_);

	at_ = found + 1;
	return before;
}

bool
ecma_reader::take_hex(int digits, uint32_t *code)
{
	const char *const begin = text_.data() + at_;
	const size_t wanted = static_cast<size_t>(digits);

	if (text_.size() - at_ < wanted)
		return false;

	const auto [end, error] = std::from_chars(begin, begin + wanted, *code, 16);

	if (end != begin + wanted)
		return false;
	at_ += wanted;
	return true;
}

uint32_t
ecma_reader::unicode_escape(size_t begin)
{
	uint32_t code = 0;

	if (take("{"))
	{
		const std::string_view digits = take_until('}');
		const char *const end = digits.data() + digits.size();
		const auto read = std::from_chars(digits.data(), end, code, 16);

		if (digits.empty() || read.ptr != end || read.ec != std::errc() || code > last_code)
			fail(begin, "\\u{...} that is no character",
				 "It takes hexadecimal digits, up to \\u{10FFFF}.");
		return code;
	}
	if (!take_hex(4, &code))
	{
		fail(begin, "\\u without four hexadecimal digits",
			 "It is written \\u00E9, or \\u{1F600} with any number of digits.");
		return 0;
	}

	const size_t after = at_;
	uint32_t low = 0;

	if (code >= 0xD800 && code <= 0xDBFF && take("\\u") && take_hex(4, &low) && low >= 0xDC00 &&
		low <= 0xDFFF)
		return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	at_ = after;
	return code;
}

uint32_t
ecma_reader::control_escape(size_t begin)
{
	const uint32_t letter = next();

	if (!is_letter(letter))
		fail(begin, "\\c without a letter", "Control characters are \\cA to \\cZ.");
	return letter % 32;
}

uint32_t
ecma_reader::character_escape()
{
	constexpr std::string_view names = "fnrtv", controls = "\f\n\r\t\v";
	const size_t begin = at_ - 1;
	const size_t name = done() ? names.npos : names.find(peek());
	uint32_t code = 0;

	if (done())
	{
		fail(begin, "a backslash at the end", escape_hint);
		return 0;
	}
	if (name != names.npos)
	{
		at_++;
		return static_cast<uint32_t>(controls[name]);
	}
	if (take("c"))
		return control_escape(begin);
	if (take("u"))
		return unicode_escape(begin);
	if (take("x"))
	{
		if (!take_hex(2, &code))
			fail(begin, "\\x without two hexadecimal digits",
				 "It is written \\x7F; beyond \\xFF write \\u0100.");
		return code;
	}
	if (peek() == '0' && !is_digit(static_cast<unsigned char>(peek(1))))
	{
		at_++;
		return 0;
	}
	code = next();
	if (is_digit(code))
		fail(begin, "an octal escape", "Write \\x and two hexadecimal digits.");
	else if (is_letter(code))
		fail(begin, std::string("unknown escape \\") + static_cast<char>(code), hint_for(code));
	return code;
}

size_t
ecma_reader::position_of(size_t offset) const
{
	const std::string_view before = text_.substr(0, offset);

	return 1 + static_cast<size_t>(std::count_if(before.begin(), before.end(), [](char c) {
			   return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
		   }));
}

void
ecma_reader::fail(size_t offset, std::string reason, std::string hint)
{
	at_ = text_.size();
	if (!failed())
		invalid_ = {std::move(reason), std::move(hint), position_of(offset)};
}

void
ecma_reader::refuse(size_t offset, std::string reason, std::string hint)
{
	if (unsupported_.reason.empty())
		unsupported_ = {std::move(reason), std::move(hint), position_of(offset)};
}

} // namespace migsafe::schema
