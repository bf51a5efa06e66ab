#include "check/caller_query.hpp"
#include "check/kinds.hpp"
#include "check/reading.hpp"
#include "pg/spi.hpp"

namespace migsafe {
namespace {

/* What the value must be: within bounds, or equal to something. */
struct expectation
{
	bounds within;
	std::optional<element> equal;

	[[nodiscard]] bool met_by(const std::string &value) const
	{
		if (numeric() && value == "NaN") /* which numeric would take for the greatest number */
			return false;
		if (!equal)
			return !within.below(value) && !within.above(value);
		if (equal->type == "number")
			return compare_numbers(value, equal->text) == 0;
		if (equal->type == "boolean")
			return value == (equal->text == "true" ? "t" : "f");
		return value == equal->text;
	}

	[[nodiscard]] std::string wanted() const
	{
		return equal ? equal->text + " wanted" : within.wanted();
	}
	[[nodiscard]] bool numeric() const { return !equal || equal->type == "number"; }
};

class query_check : public whole_check
{
public:
	query_check(std::string label, caller_query query, expectation expected)
		: label_(std::move(label)), query_(std::move(query)), expected_(std::move(expected))
	{
	}

	[[nodiscard]] bool counts_rows() const override { return false; }
	void test(const target &, Snapshot snapshot, check_result &result) const override
	{
		std::vector<pg::text_row> rows;

		if (!query_.missing.empty())
			return query_failed(query_.missing, result);

		const auto problem = attempt_reading(snapshot, [&, this] {
			pg::spi_session spi;

			rows = spi.query_in_snapshot(query_.limited_to(2));
		});

		if (rows.size() > 1)
			throw failure(ERRCODE_CARDINALITY_VIOLATION,
						  "the query of " + label_ + " gives more than one row")
				.detail("The query is: " + query_.sql)
				.hint("Write a query of one value, such as SELECT count(*).");

		const std::optional<std::string> value = rows.empty() ? std::nullopt : rows[0].at(0);

		result.passed = value && expected_.met_by(*value);
		if (problem)
			query_failed(problem->message, result);
		else if (!result.passed)
			result.message = (value          ? "the value is " + *value
							  : rows.empty() ? "the query gives no row"
											 : "the value is NULL") +
							 std::string(", ") + expected_.wanted();
	}

private:
	const std::string label_;
	const caller_query query_;
	const expectation expected_;
};

bounds
take_between(check_reader &reader)
{
	static constexpr char hint[] = "As in \"between\": [1, 10].";
	const member both = reader.take("between", hint);

	if (both.elements.size() != 2 || both.elements[0].type != "number" ||
		both.elements[1].type != "number")
		throw reader.invalid("has a value of \"between\" that is not an array of two numbers",
							 hint);
	if (compare_numbers(both.elements[0].text, both.elements[1].text) > 0)
		throw reader.invalid("has contradictory bounds: between " + both.elements[0].text +
								 " and " + both.elements[1].text,
							 "Write the lower bound first.");
	return {both.elements[0].text, both.elements[1].text};
}

expectation
take_expectation(check_reader &reader)
{
	static constexpr char hint[] =
		"Give \"at_least\", \"at_most\" or both; or \"between\", or \"equals\".";
	const bool one_sided = reader.has("at_least") || reader.has("at_most");
	const int forms = one_sided + reader.has("between") + reader.has("equals");

	if (forms == 0)
		throw reader.invalid("has no bound", hint);
	if (forms > 1)
		throw reader.invalid("has contradictory bounds: \"equals\" and \"between\" stand alone",
							 hint);
	if (reader.has("between"))
		return {take_between(reader), std::nullopt};
	if (one_sided)
		return {reader.take_bounds(), std::nullopt};

	const member equal = reader.take("equals", hint);

	if (equal.type != "number" && equal.type != "string" && equal.type != "boolean")
		throw reader.invalid("has a value of \"equals\" that is no scalar",
							 "Write a number, a string, true or false.");
	return {{}, element{equal.type, equal.text}};
}

} // namespace

void
parse_query(const target &, check_reader &reader, check &c)
{
	const caller_query query = take_query(reader);
	const expectation expected = take_expectation(reader);

	if (query.columns != 1)
		throw reader.invalid("has a query of " + std::to_string(query.columns) + " columns",
							 "Write a query of one value, such as SELECT count(*).");
	if (expected.numeric() && !is_number(query.first_type))
		throw failure(ERRCODE_DATATYPE_MISMATCH,
					  "the query of " + reader.label() + " does not give a number")
			.detail("Its value is of type " +
					std::string(pg::call(format_type_be, query.first_type)) + ".")
			.hint("Cast the value to numeric, or compare it with a string by \"equals\".");
	c.name = query.sql;
	c.whole = std::make_shared<query_check>(reader.label(), query, expected);
}

} // namespace migsafe
