/*
 * ecma_pattern_reader.hpp
 *		The text of a regular expression, read character by character, and what is wrong with it.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace migsafe::schema {

/* Where in a pattern something is wrong, and what. */
struct pattern_problem
{
	std::string reason;  /* empty if nothing is */
	std::string hint;    /* a sentence, or empty */
	size_t position = 0; /* in characters, from 1 */
};

/*
 * Reading ends with the first problem: the reader then stands at the end of the text, so that whoever reads
 * comes to his own end without asking.  Offsets are in bytes.
 */
class ecma_reader
{
public:
	/* text, in UTF-8, outlives this. */
	explicit ecma_reader(std::string_view text) : text_(text) {}

	[[nodiscard]] bool done() const { return at_ >= text_.size(); }
	[[nodiscard]] size_t offset() const { return at_; }
	void back_to(size_t offset) { at_ = failed() ? at_ : offset; }

	[[nodiscard]] std::string_view read_since(size_t offset) const
	{
		return text_.substr(offset, at_ - offset);
	}
	/* The byte so many bytes ahead; '\0' beyond the end. */
	[[nodiscard]] char peek(size_t ahead = 0) const
	{
		return ahead < text_.size() - at_ ? text_[at_ + ahead] : '\0';
	}
	/* Read this if it comes next. */
	bool take(std::string_view expected);
	/* Read a character; U+0000 at the end.  Bytes that are not UTF-8 are a problem. */
	uint32_t next();
	/* Read a decimal number, or the greatest uint64_t for anything beyond; false if there is no digit. */
	bool take_number(uint64_t *number);
	/* Read what stands before the character and the character; nothing if it does not come. */
	std::string_view take_until(char end);

	/* What follows a backslash, where it stands for one character (which may be a lone surrogate). */
	uint32_t character_escape();

	/* The text is no pattern, for what stands at the offset. */
	void fail(size_t offset, std::string reason, std::string hint = {});
	/* It is one, but beyond what we can match. */
	void refuse(size_t offset, std::string reason, std::string hint);

	[[nodiscard]] bool failed() const { return !invalid_.reason.empty(); }
	[[nodiscard]] const pattern_problem &invalid() const { return invalid_; }
	[[nodiscard]] const pattern_problem &unsupported() const { return unsupported_; }

private:
	[[nodiscard]] size_t position_of(size_t offset) const;
	bool take_hex(int digits, uint32_t *code);
	uint32_t unicode_escape(size_t begin);
	uint32_t control_escape(size_t begin);

	std::string_view text_;
	size_t at_ = 0;
	pattern_problem invalid_, unsupported_;
};

constexpr bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

constexpr bool
is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool
is_surrogate(uint32_t code)
{
	return code >= 0xD800 && code <= 0xDFFF;
}

} // namespace migsafe::schema
