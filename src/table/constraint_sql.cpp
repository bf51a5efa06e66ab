#include "table/constraint_sql.hpp"

#include "pg/message.hpp"
#include "pg/spi.hpp"
#include "table/row_evaluator.hpp"

extern "C" {
#include "catalog/pg_constraint.h"
#include "optimizer/optimizer.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
}

namespace migsafe {
namespace {

/* Server code.  The predicate as ALTER TABLE would store it, with the table's columns. */
Node *
stored_form(Relation rel, const char *predicate)
{
	ParseState *const state = make_parsestate(nullptr);
	List *const parsed = raw_parser(predicate, RAW_PARSE_PLPGSQL_EXPR);
	const auto *const select = castNode(SelectStmt, linitial_node(RawStmt, parsed)->stmt);
	ParseNamespaceItem *const columns =
		addRangeTableEntryForRelation(state, rel, AccessShareLock, nullptr, false, true);

	addNSItemToQuery(state, columns, true, true, true);

	Node *const expression =
		coerce_to_boolean(state,
						  transformExpr(state, linitial_node(ResTarget, select->targetList)->val,
										EXPR_KIND_CHECK_CONSTRAINT),
						  "CHECK");

	assign_expr_collations(state, expression);
	if (contain_mutable_functions(expression))
		pg::raise_error(ERRCODE_INVALID_OBJECT_DEFINITION,
						"it may give another result for the same row later",
						"Functions in a CHECK constraint have to be immutable.",
						"Use functions that depend on nothing but their arguments; what they read "
						"or the time it is would be missing when a dump is loaded.");
	return expression;
}

/* Server code.  The tree of a CHECK constraint that children have, too; nullptr if it is another kind of constraint. */
Node *
tree_of(Oid constraint)
{
	HeapTuple const tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	bool null;

	if (!HeapTupleIsValid(tuple))
		pg::raise_internal_error("cache lookup failed for a constraint");
	const Datum tree = SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conbin, &null);
	const bool inherited = !reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->connoinherit;
	Node *const node =
		null || !inherited ? nullptr : static_cast<Node *>(stringToNode(TextDatumGetCString(tree)));

	ReleaseSysCache(tuple);
	return node;
}

} // namespace

constraint_plan
plan_constraint(const target &t, const std::string &name, const std::string &predicate,
				const std::string &label)
{
	const row_evaluator parsed_by_itself(t, {{predicate, label, BOOLOID, -1}});
	Node *const wanted = pg::translate_errors(
		[&] { return pg::call(stored_form, t.rel(), predicate.c_str()); },
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(), label + " cannot be a CHECK constraint: " + e.what())
				.detail(*e.detail() ? std::string(e.detail()) : "The predicate is: " + predicate)
				.hint(*e.hint() ? e.hint() : "Write a predicate over the columns of one row.");
		});
	const Oid constraint = pg::call(get_relation_constraint_oid, t.relid(), name.c_str(), true);
	const char *const printed = pg::call([&] {
		return deparse_expression(
			wanted, deparse_context_for(RelationGetRelationName(t.rel()), t.relid()), false, false);
	});
	constraint_state state = constraint_state::absent;

	if (OidIsValid(constraint))
		state = pg::call([=] { return equal(wanted, tree_of(constraint)); })
					? constraint_state::same
					: constraint_state::other;
	return {state, printed};
}

constraint_record
find_constraint(Oid relid, const std::string &name)
{
	pg::spi_session spi;
	const auto rows =
		spi.query("SELECT pg_catalog.pg_get_constraintdef(c.oid), c.convalidated"
				  " FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $1"
				  " AND c.conname OPERATOR(pg_catalog.=) $2::pg_catalog.name",
				  {pg::value::of_oid(relid), pg::value::text(name)});

	return {rows.at(0).at(0).value_or(""), rows[0].at(1) == "t"};
}

} // namespace migsafe
