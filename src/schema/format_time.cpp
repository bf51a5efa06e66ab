#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

#include <chrono>

namespace migsafe::schema {
namespace {

bool
accept_date(text_scanner &text)
{
	int year = 0, month = 0, day = 0;

	if (!text.accept_number(4, &year) || !text.accept('-') || !text.accept_number(2, &month) ||
		!text.accept('-') || !text.accept_number(2, &day))
		return false;
	return std::chrono::year_month_day(std::chrono::year(year),
									   std::chrono::month(static_cast<unsigned>(month)),
									   std::chrono::day(static_cast<unsigned>(day)))
		.ok();
}

/* Hours and minutes, as minutes. */
bool
accept_hour_and_minute(text_scanner &text, int *minutes)
{
	int hour = 0, minute = 0;

	if (!text.accept_number(2, &hour) || !text.accept(':') || !text.accept_number(2, &minute) ||
		hour > 23 || minute > 59)
		return false;
	*minutes = hour * 60 + minute;
	return true;
}

/* How many minutes local time is ahead of UTC. */
bool
accept_offset(text_scanner &text, int *minutes)
{
	*minutes = 0;
	if (text.accept_letter('z'))
		return true;

	const bool behind = text.at('-');

	if (!(text.accept('-') || text.accept('+')) || !accept_hour_and_minute(text, minutes))
		return false;
	*minutes = behind ? -*minutes : *minutes;
	return true;
}

bool
accept_time(text_scanner &text)
{
	constexpr int minutes_a_day = 24 * 60;
	int local = 0, second = 0, offset = 0;

	if (!accept_hour_and_minute(text, &local) || !text.accept(':') ||
		!text.accept_number(2, &second) || second > 60)
		return false;
	if (text.accept('.') && text.take(is_digit).empty())
		return false;
	if (!accept_offset(text, &offset))
		return false;
	return second < 60 || (local - offset + 1 + minutes_a_day) % minutes_a_day == 0;
}

/* Amounts and their units, none left out between the first and the last: of "ymd" 1Y2M and 1M2D, but not 1Y2D. */
bool
accept_amounts(text_scanner &text, std::string_view units)
{
	size_t unit = 0;

	if (text.take(is_digit).empty())
		return false;
	while (unit < units.size() && !text.accept_letter(units[unit]))
		unit++;
	if (unit == units.size())
		return false;
	while (!text.take(is_digit).empty())
	{
		unit++;
		if (unit == units.size() || !text.accept_letter(units[unit]))
			return false;
	}
	return true;
}

bool
accept_weeks(text_scanner &text)
{
	return !text.take(is_digit).empty() && text.accept_letter('w');
}

} // namespace

bool
is_date(std::string_view text)
{
	text_scanner scanner(text);

	return accept_date(scanner) && scanner.at_end();
}

bool
is_time(std::string_view text)
{
	text_scanner scanner(text);

	return accept_time(scanner) && scanner.at_end();
}

bool
is_date_time(std::string_view text)
{
	text_scanner scanner(text);

	return accept_date(scanner) && scanner.accept_letter('t') && accept_time(scanner) &&
		   scanner.at_end();
}

bool
is_duration(std::string_view text)
{
	text_scanner scanner(text);

	if (!scanner.accept_letter('p'))
		return false;

	text_scanner weeks = scanner;

	if (accept_weeks(weeks))
		return weeks.at_end();
	if (scanner.at(is_digit) && !accept_amounts(scanner, "ymd"))
		return false;
	if (scanner.at_end())
		return text.size() > 1;
	return scanner.accept_letter('t') && accept_amounts(scanner, "hms") && scanner.at_end();
}

} // namespace migsafe::schema
