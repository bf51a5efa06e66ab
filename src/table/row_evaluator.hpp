/*
 * row_evaluator.hpp
 *		SQL expressions over the columns of a row, one row at a time.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

/* An expression of the user's, and the type that its value must have. */
struct expression
{
	std::string sql;
	std::string origin; /* for messages: what the user passed it as */
	Oid type;
	int32 typmod;
};

/*
 * Expressions are parsed as the caller, under his search_path, and planned once,
 * subqueries included.  A value is coerced as an assignment would coerce it.
 * Rows are fed one by one to the running plan, so that an ERROR belongs to the
 * row at hand; after an ERROR the plan must be started again, in a new
 * subtransaction.
 */
class row_evaluator
{
public:
	/* Syntax, name and type errors are raised here, and name the expression's origin. */
	row_evaluator(const target &t, const std::vector<expression> &expressions);

	/* Server code: called under pg::call, in the subtransaction that shall fail with a bad row. */
	void start(Snapshot snapshot);
	/* The values, valid until the next call.  row is in the target's layout. */
	TupleTableSlot *evaluate(TupleTableSlot *row);
	void finish();

private:
	pg::memory_context plan_cxt_;
	pg::memory_context run_cxt_;
	EphemeralNamedRelationData input_relation_{};
	QueryEnvironment *environment_ = nullptr;
	PlannedStmt *plan_ = nullptr;
	Tuplestorestate *input_ = nullptr;
	QueryDesc *query_ = nullptr;
};

} // namespace migsafe
