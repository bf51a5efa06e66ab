#include "check/caller_query.hpp"

#include "pg/message.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"

extern "C" {
#include "utils/plancache.h"
}

namespace migsafe {
namespace {

struct shape
{
	int columns;
	Oid first_type;
};

/* Server code. */
shape
shape_of(const char *sql)
{
	SPIPlanPtr const plan = SPI_prepare(sql, 0, nullptr);
	List *const statements = plan ? SPI_plan_get_plan_sources(plan) : NIL;

	if (list_length(statements) != 1)
		pg::raise_error(ERRCODE_INVALID_PARAMETER_VALUE, "it is not one statement", nullptr,
						"Write one SELECT.");

	const auto *const source = static_cast<CachedPlanSource *>(linitial(statements));
	const Query *const query =
		source->query_list ? linitial_node(Query, source->query_list) : nullptr;

	if (query == nullptr || query->commandType != CMD_SELECT || source->resultDesc == nullptr ||
		query->hasModifyingCTE || query->rowMarks)
		pg::raise_error(ERRCODE_INVALID_PARAMETER_VALUE, "it does more than read", nullptr,
						"Write a SELECT that neither writes nor locks.");
	const int columns = source->resultDesc->natts;

	return {columns, columns > 0 ? TupleDescAttr(source->resultDesc, 0)->atttypid : InvalidOid};
}

std::string
subquery(const std::string &sql)
{
	return "SELECT * FROM (" + sql + "\n) query";
}

bool
is_missing_object(int sqlstate)
{
	return sqlstate == ERRCODE_UNDEFINED_TABLE || sqlstate == ERRCODE_UNDEFINED_COLUMN ||
		   sqlstate == ERRCODE_UNDEFINED_FUNCTION || sqlstate == ERRCODE_UNDEFINED_OBJECT ||
		   sqlstate == ERRCODE_UNDEFINED_SCHEMA;
}

/* The server's words for it; empty if nothing is missing. */
std::string
missing_object(const std::string &sql, const std::string &label)
{
	const auto problem = pg::attempt(
		pg::subtransaction::access::read_only,
		[&] {
			const pg::spi_session spi;

			pg::call(shape_of, sql.c_str());
		},
		[&] { return label; });

	return problem && is_missing_object(problem->sqlstate) ? problem->message : "";
}

} // namespace

std::string
without_end(const std::string &sql)
{
	const size_t last = sql.find_last_not_of("; \t\r\n");

	return last == std::string::npos ? "" : sql.substr(0, last + 1);
}

std::string
caller_query::limited_to(int rows) const
{
	return subquery(sql) + " LIMIT " + std::to_string(rows);
}

void
query_failed(const std::string &why, check_result &result)
{
	result.passed = false;
	result.message = "the query failed: " + why;
}

caller_query
take_query(check_reader &reader)
{
	const std::string sql = without_end(reader.take_string("query", "Give an SQL query, as text."));
	const std::string in_parentheses = subquery(sql);

	if (std::string missing = missing_object(sql, reader.label()); !missing.empty())
		return {sql, 1, NUMERICOID, std::move(missing)};

	const pg::spi_session spi;
	const shape found = pg::translate_errors(
		[&] {
			pg::call(shape_of, sql.c_str()); /* by itself: it must not reach out of parentheses */
			return pg::call(shape_of, in_parentheses.c_str());
		},
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(), "invalid query of " + reader.label() + ": " + e.what())
				.detail(*e.detail() ? std::string(e.detail()) : "The query is: " + sql)
				.hint(*e.hint() ? e.hint() : "Write one SELECT that the caller could execute.");
		});

	return {sql, found.columns, found.first_type, {}};
}

} // namespace migsafe
