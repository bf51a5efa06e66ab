#include "online/pace.hpp"

#include "check/caller_query.hpp"
#include "jsonb/sql_host.hpp"
#include "jsonb/text.hpp"
#include "pg/value.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <variant>

namespace migsafe::online {
namespace {

constexpr double day = 86'400'000, any_size = 1e14;

/* Bytes: so that a pace has room in the shared memory of its run. */
constexpr uint32 longest_query = 4000;

/* What the values of a member are; it decides what a text means. */
enum class measure { number, duration, size, boolean, query };

using place = std::variant<int64 pace::*, double pace::*, bool pace::*, std::string pace::*>;

struct member
{
	const char *name;
	place where;
	measure kind;
	double least = 0, most = 0;
	bool may_be_off = false; /* 0 and false mean that nothing is done */
};

constexpr member members[] = {
	{"target_batch_time", &pace::target_batch_time, measure::duration, 10, 60'000},
	{"batch_size", &pace::batch_size, measure::number, 1, 1'000'000},
	{"max_batch_wal", &pace::max_batch_wal, measure::size, 8192, any_size},
	{"lock_timeout", &pace::lock_timeout, measure::duration, 1, 60'000},
	{"rest", &pace::rest, measure::number, 0, 100},
	{"max_replay_lag", &pace::max_replay_lag, measure::duration, 1, day, true},
	{"max_replay_lag_bytes", &pace::max_replay_lag_bytes, measure::size, 1, any_size, true},
	{"max_archive_backlog", &pace::max_archive_backlog, measure::number, 1, 1e9, true},
	{"yield_to_waiters", &pace::yield_to_waiters, measure::boolean},
	{"yield_to_autovacuum", &pace::yield_to_autovacuum, measure::duration, 1, day, true},
	{"hold_while", &pace::hold_while, measure::query},
	{"max_hold", &pace::max_hold, measure::duration, 1, 30 * day},
};

/* A number without needless decimals. */
std::string
number_text(double number)
{
	char text[64];

	snprintf(text, sizeof(text), "%.15g", number);
	return text;
}

std::string
range_hint(const member &m)
{
	const std::string range = number_text(m.least) + " to " + number_text(m.most);
	const std::string off = m.may_be_off ? ", or false" : "";

	switch (m.kind)
	{
		case measure::duration:
			return "Write a duration, as in \"500 ms\", or a number of milliseconds, from " +
				   range + off + ".";
		case measure::size:
			return "Write a size, as in \"16MB\", or a number of bytes, from " + range + off + ".";
		case measure::number:
			return "Write a number from " + range + off + ".";
		case measure::boolean:
			return "Write true or false.";
		case measure::query:
			return "Write a query, as text of " + std::to_string(longest_query) +
				   " bytes at most; a longer one can be made a view or a function.";
	}
	return {};
}

failure
invalid(const member &m, const char *what)
{
	return failure(ERRCODE_INVALID_PARAMETER_VALUE,
				   std::string("\"") + m.name + "\" of argument \"pace\" " + what)
		.hint(range_hint(m));
}

/* A text as the server reads the settings of that unit. */
std::optional<double>
with_unit(const std::string &text, int unit)
{
	double number = 0;

	if (!pg::call([&] { return parse_real(text.c_str(), &number, unit, nullptr); }))
		return std::nullopt;
	return number;
}

double
interval_milliseconds(const member &m, const std::string &text)
{
	return pg::translate_errors(
		[&] {
			return pg::call([&] {
				const auto *const span = DatumGetIntervalP(
					DirectFunctionCall3(interval_in, CStringGetDatum(text.c_str()),
										ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));

				return (span->month * 30.0 + span->day) * day +
					   static_cast<double>(span->time) / 1000;
			});
		},
		[&](const pg::pg_error &) { return invalid(m, "is not a duration"); });
}

double
number_of_text(const member &m, const std::string &text)
{
	if (m.kind == measure::duration)
	{
		const auto number = with_unit(text, GUC_UNIT_MS);

		return number ? *number : interval_milliseconds(m, text);
	}
	if (m.kind == measure::size)
	{
		if (const auto number = with_unit(text, GUC_UNIT_BYTE))
			return *number;
		throw invalid(m, "is not a size");
	}
	throw invalid(m, "is not a number");
}

bool
means_default(const member &m, const jsonb::value &v)
{
	return v.type == jsonb::format::type_null ||
		   (m.may_be_off && v.type == jsonb::format::type_true);
}

double
take_number(const member &m, const jsonb::value &v)
{
	if (m.may_be_off && v.type == jsonb::format::type_false)
		return 0;

	if (v.type != jsonb::format::type_numeric && !v.is_string())
		throw invalid(m, "is of the wrong type");

	const double number = v.is_string() ? number_of_text(m, std::string(v.bytes()))
										: strtod(jsonb::json_text(v, SIZE_MAX).c_str(), nullptr);
	const bool off = m.may_be_off && number == 0;

	if (!off && !(number >= m.least && number <= m.most))
		throw invalid(m, "is out of range");
	return number;
}

void
take(const member &m, const jsonb::value &v, int64 &into)
{
	const double number = take_number(m, v);

	if (m.kind == measure::number && number != std::floor(number))
		throw invalid(m, "is not a whole number");
	into = static_cast<int64>(std::ceil(number));
}

void
take(const member &m, const jsonb::value &v, double &into)
{
	into = take_number(m, v);
}

void
take(const member &m, const jsonb::value &v, bool &into)
{
	if (v.type != jsonb::format::type_true && v.type != jsonb::format::type_false)
		throw invalid(m, "is not a boolean");
	into = v.type == jsonb::format::type_true;
}

void
take(const member &m, const jsonb::value &v, std::string &into)
{
	if (!v.is_string())
		throw invalid(m, "is not a string");
	if (v.length > longest_query)
		throw invalid(m, "is too long");
	into = without_end(std::string(v.bytes()));
}

std::string
json_of(int64 number)
{
	return std::to_string(number);
}

std::string
json_of(double number)
{
	return number_text(number);
}

std::string
json_of(bool yes)
{
	return yes ? "true" : "false";
}

std::string
json_of(const std::string &text)
{
	return text.empty() ? "null" : pg::json_string(text);
}

const member &
find_member(std::string_view name)
{
	std::string names;

	for (const member &m : members)
	{
		if (m.name == name)
			return m;
		names += (names.empty() ? "" : ", ") + std::string(m.name);
	}
	throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
				  "argument \"pace\" has the unknown member \"" + std::string(name) + "\"")
		.detail("Known members: " + names + ".")
		.hint("Correct the name, or leave it out.");
}

} // namespace

std::string
pace::to_json() const
{
	std::string json;

	for (const member &m : members)
		json += (json.empty() ? "{\"" : ", \"") + std::string(m.name) +
				"\": " + std::visit([this](auto where) { return json_of(this->*where); }, m.where);
	return json + "}";
}

pace
merged(const pace &before, Jsonb *changes)
{
	const jsonb::value root = jsonb::root_of(changes);
	const pace defaults;
	pace after = before;

	if (!root.is_object())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"pace\" must be a JSON object")
			.hint("As in '{\"target_batch_time\": \"200 ms\", \"rest\": 0.5}'.");
	for (jsonb::cursor c(root); c.next();)
	{
		const member &m = find_member(c.key());

		std::visit(
			[&](auto where) {
				if (means_default(m, c.current()))
					after.*where = defaults.*where;
				else
					take(m, c.current(), after.*where);
			},
			m.where);
	}
	return after;
}

pace
read_pace(Jsonb *document)
{
	return merged({}, document);
}

pace
read_pace(const std::string &json)
{
	return read_pace(pg::call([&] {
		return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.c_str())));
	}));
}

} // namespace migsafe::online
