#include "check/kinds.hpp"
#include "check/reading.hpp"
#include "check/reference.hpp"
#include "check/row_checks.hpp"
#include "pg/spi.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* The ways in which two tables can disagree: what results call them, and when rows do so. */
struct disagreement
{
	std::string_view name, words;
};

constexpr std::array<disagreement, 3> disagreements = {
	{{"missing_in_target", "missing in the target"},
	 {"missing_in_reference", "missing in the reference"},
	 {"differing", "differing"}}};

struct comparison
{
	std::string target_rows, reference_rows; /* what stands after FROM */
	std::string target_key, reference_key;   /* JSON objects in SQL */
	std::string join, differs;
	std::string marker; /* quoted: a column that neither side has, true where there is a row */
	std::vector<std::string> counted;
};

/* Rows paired with those of a reference table by key, and compared. */
class reconcile_check : public whole_check
{
public:
	explicit reconcile_check(comparison c) : c_(std::move(c)) {}

	[[nodiscard]] bool counts_rows() const override { return true; }
	void test(const target &, Snapshot snapshot, check_result &result) const override
	{
		const auto problem = attempt_reading(snapshot, [&, this] {
			const pg::no_row_security no_gaps;
			pg::spi_session spi;

			compare(spi.query_in_snapshot(counts_sql()).at(0), result);
			if (result.failed_rows > 0)
			{
				for (const pg::text_row &row : spi.query_in_snapshot(samples_sql()))
					result.sample_keys.push_back(*row.at(0));
			}
		});

		if (problem)
		{
			result.passed = false;
			result.message = problem->message;
		}
	}

private:
	const comparison c_;

	[[nodiscard]] bool counts(std::string_view name) const
	{
		return std::find(c_.counted.begin(), c_.counted.end(), name) != c_.counted.end();
	}

	[[nodiscard]] std::string joined() const
	{
		return " FROM (SELECT x.*, true AS " + c_.marker + " FROM " + c_.target_rows +
			   " x) t FULL JOIN (SELECT x.*, true AS " + c_.marker + " FROM " + c_.reference_rows +
			   " x) r ON " + c_.join;
	}

	/* The number of the disagreement of a pair, from 1; NULL if the rows agree. */
	[[nodiscard]] std::string disagreement_of_pair() const
	{
		return "CASE WHEN t." + c_.marker + " IS NULL THEN 1 WHEN r." + c_.marker +
			   " IS NULL THEN 2 WHEN " + c_.differs + " THEN 3 END";
	}

	/* The rows of each disagreement, and whether a row met several of the other side. */
	[[nodiscard]] std::string counts_sql() const
	{
		return "SELECT pg_catalog.count(*) FILTER (WHERE d.n OPERATOR(pg_catalog.=) 1),"
			   " pg_catalog.count(*) FILTER (WHERE d.n OPERATOR(pg_catalog.=) 2),"
			   " pg_catalog.count(*) FILTER (WHERE d.n OPERATOR(pg_catalog.=) 3),"
			   " pg_catalog.count(d.t) OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*) FROM " +
			   c_.target_rows +
			   " x), pg_catalog.count(d.r) OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*)"
			   " FROM " +
			   c_.reference_rows + " x) FROM (SELECT t." + c_.marker + " AS t, r." + c_.marker +
			   " AS r, " + disagreement_of_pair() + " AS n" + joined() + ") d";
	}

	[[nodiscard]] std::string samples_sql() const
	{
		std::string wanted;

		for (size_t i = 0; i < disagreements.size(); i++)
		{
			if (counts(disagreements[i].name))
				wanted += (wanted.empty() ? "" : ", ") + std::to_string(i + 1);
		}
		return "SELECT pg_catalog.jsonb_build_object((ARRAY['missing_in_target',"
			   " 'missing_in_reference', 'differing'])[d.n], d.key) FROM (SELECT " +
			   disagreement_of_pair() + " AS n, CASE WHEN t." + c_.marker + " IS NULL THEN " +
			   c_.reference_key + " ELSE " + c_.target_key + " END AS key" + joined() +
			   ") d WHERE d.n OPERATOR(pg_catalog.=) ANY (ARRAY[" + wanted +
			   "]) ORDER BY d.n, d.key LIMIT " + std::to_string(samples_wanted);
	}

	void compare(const pg::text_row &row, check_result &result) const
	{
		for (size_t i = 0; i < disagreements.size(); i++)
		{
			if (counts(disagreements[i].name))
				result.failed_rows += std::stoll(*row[i]);
			result.message +=
				(i > 0 ? ", " : "") + std::string(disagreements[i].words) + ": " + *row[i];
		}

		/* a row that several of the reference meet is there several times */
		const bool unclear = row[3] == "t" || row[4] == "t";

		result.passed = result.failed_rows == 0 && !unclear;
		if (result.passed)
			result.message.clear();
		if (unclear)
			result.message += std::string("; the key is not unique in the ") +
							  (row[3] == "t" ? "reference" : "target");
	}
};

std::string
key_object(const std::vector<const column *> &key, const std::string &alias)
{
	std::string list;

	for (const column *c : key)
		list += (list.empty() ? "" : ", ") + pg::literal(c->name) + "::pg_catalog.text, " + alias +
				"." + pg::identifier(c->name);
	return "pg_catalog.jsonb_build_object(" + list + ")";
}

/* The target's rows that take part: all, or those that a predicate of the user's chooses. */
std::string
target_rows(const target &t, check_reader &reader)
{
	if (!reader.has("where"))
		return t.quoted();

	const std::string where =
		reader.take_string("where", "Give an SQL predicate over the columns of the target.");

	const row_evaluator understood(t, {{where, "\"where\" of " + reader.label(), BOOLOID, -1}});
	return "(SELECT * FROM " + t.quoted() + " AS " + pg::identifier(t.name()) + " WHERE (" + where +
		   "\n))";
}

/* Values without an equality of their own are compared as text. */
std::string
equal_values(const check_reader &reader, const column &mine, const column &theirs)
{
	const std::string name = pg::identifier(mine.name);
	const auto has_equality = [](const column &c) {
		return pg::call([&] {
			return OidIsValid(lookup_type_cache(getBaseType(c.type), TYPECACHE_EQ_OPR)->eq_opr);
		});
	};

	if (mine.type == theirs.type && !has_equality(mine))
		return "t." + name + "::pg_catalog.text OPERATOR(pg_catalog.=) r." + name +
			   "::pg_catalog.text";
	return equality_sql(reader, mine, "t", theirs, "r");
}

/* Are these two columns' values distinct, or further apart than tolerated? */
std::string
difference(const check_reader &reader, const column &mine, const column &theirs,
		   const std::optional<std::string> &tolerance)
{
	const std::string name = pg::identifier(mine.name);
	std::string alike = equal_values(reader, mine, theirs);

	if (tolerance && is_number(mine.type) && is_number(theirs.type))
		alike += " OR pg_catalog.abs(t." + name + "::pg_catalog.numeric OPERATOR(pg_catalog.-) r." +
				 name + "::pg_catalog.numeric) OPERATOR(pg_catalog.<=) " + *tolerance;
	return "((" + alike + ") IS NOT TRUE AND pg_catalog.num_nulls(t." + name + ", r." + name +
		   ") OPERATOR(pg_catalog.<) 2)";
}

/* "columns", or all that both have but for the key. */
std::vector<const column *>
take_compared(const target &t, const reference &r, const std::vector<const column *> &key,
			  check_reader &reader)
{
	std::vector<const column *> columns;

	if (reader.has("columns") || reader.has("column"))
		return reader.take_columns(t);
	for (const column &c : t.columns())
	{
		if (r.find(c.name) && std::find(key.begin(), key.end(), &c) == key.end())
			columns.push_back(&c);
	}
	return columns;
}

std::string
free_name(const target &t, const reference &r)
{
	std::string name = "present";

	while (t.find(name) || r.find(name))
		name += "_";
	return pg::identifier(name);
}

std::vector<std::string>
take_counted(check_reader &reader)
{
	std::vector<std::string> all;
	std::string hint = "Use";

	for (const disagreement &d : disagreements)
	{
		hint += (all.empty() ? " \"" : ", \"") + std::string(d.name) + "\"";
		all.emplace_back(d.name);
	}
	if (!reader.has("only"))
		return all;

	std::vector<std::string> some = reader.take_strings("only", hint + ".");

	for (const std::string &name : some)
	{
		if (std::find(all.begin(), all.end(), name) == all.end())
			throw reader.invalid("has the unknown value \"" + name + "\" in \"only\"", hint + ".");
	}
	return some;
}

std::optional<std::string>
take_tolerance(check_reader &reader)
{
	auto tolerance = reader.take_number("tolerance");

	if (tolerance && compare_numbers(*tolerance, "0") < 0)
		throw reader.invalid("has a negative tolerance", "Write how far two numbers may be apart.");
	return tolerance;
}

} // namespace

void
parse_reconcile(const target &t, check_reader &reader, check &c)
{
	const reference r = find_reference(
		reader,
		reader.take_string("reference", "Name a table, as in \"reference\": \"my_schema.t\"."));
	std::vector<const column *> key;
	comparison compared;

	for (const std::string &name : reader.take_strings(
			 "key", "Name the columns by which rows are paired: \"key\": [\"id\"]."))
	{
		const column &mine = reader.require_column(t, name);

		compared.join += (key.empty() ? "" : " AND ") +
						 equality_sql(reader, mine, "t", require_column(reader, r, name), "r");
		key.push_back(&mine);
	}

	const auto tolerance = take_tolerance(reader);

	for (const column *each : take_compared(t, r, key, reader))
		compared.differs +=
			(compared.differs.empty() ? "" : " OR ") +
			difference(reader, *each, require_column(reader, r, each->name), tolerance);
	if (compared.differs.empty())
		compared.differs = "false";
	compared.target_rows = target_rows(t, reader);
	compared.reference_rows = r.quoted;
	compared.target_key = key_object(key, "t");
	compared.reference_key = key_object(key, "r");
	compared.marker = free_name(t, r);
	compared.counted = take_counted(reader);
	c.name = "agrees with " + r.name + " by " + names_of(key);
	c.whole = std::make_shared<reconcile_check>(compared);
}

} // namespace migsafe
