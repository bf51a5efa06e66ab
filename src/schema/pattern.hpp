/*
 * pattern.hpp
 *		Regular expressions, as JSON Schema has them.
 */
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace migsafe::schema {

/* How a pattern is run; compiled to machine code only where the machine lets us. */
enum class execution { compiled, interpreted };

/*
 * A regular expression of ECMA-262 with the flag u (JSON Schema 2020-12 Core, section 6.4), compiled once.  See
 * ecma_pattern.hpp for what is taken beyond it, and for what differs.
 */
class pattern
{
public:
	/*
	 * regex is UTF-8.  2201B, which says what is wrong and where, if it is no pattern, or one beyond us: lookbehinds
	 * that match texts of different lengths, more than 65,535 repeats, 250 nested groups, or too large.  Messages
	 * show it as it is given in shown, in whatever encoding they have.
	 */
	pattern(std::string_view regex, std::string_view shown, execution how = execution::compiled);
	/* The same, where messages are in UTF-8. */
	explicit pattern(std::string_view regex, execution how = execution::compiled)
		: pattern(regex, regex, how)
	{
	}
	pattern(const pattern &other) = delete;
	pattern &operator=(const pattern &other) = delete;
	pattern(pattern &&other) noexcept;
	pattern &operator=(pattern &&other) noexcept;
	~pattern();

	/*
	 * Does it match anywhere in the subject, in UTF-8?  54000 if that takes too many steps (pattern_search.hpp)
	 * or too much memory, XX001 if the subject is not UTF-8.
	 */
	[[nodiscard]] bool matches(std::string_view subject) const;

	/* What it takes in memory, machine code included. */
	[[nodiscard]] size_t size() const;

private:
	struct state;

	[[nodiscard]] bool matches_counted(std::string_view subject) const;

	std::unique_ptr<state> state_;
};

/* What is wrong with the text as a pattern of ECMA-262, and where; empty if nothing is (format "regex"). */
std::string pattern_error(std::string_view text);

} // namespace migsafe::schema
