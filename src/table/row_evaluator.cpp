#include "table/row_evaluator.hpp"

#include "pg/message.hpp"
namespace migsafe {
namespace {

/* No name that a subquery of the user's could mean. */
constexpr char input_name[] = "\001migsafe row\001";

/* Does the expression stand for several columns: *, t.*, (f(x)).* ?  Server code. */
bool
is_star(const Node *expression)
{
	const List *const parts = IsA(expression, ColumnRef)
								  ? reinterpret_cast<const ColumnRef *>(expression)->fields
							  : IsA(expression, A_Indirection)
								  ? reinterpret_cast<const A_Indirection *>(expression)->indirection
								  : NIL;

	return parts && IsA(llast(parts), A_Star);
}

/* The one expression that text consists of; nullptr if it is anything else.  Server code. */
Node *
parse_expression(const char *sql)
{
	List *const parsed = raw_parser(sql, RAW_PARSE_PLPGSQL_EXPR);

	if (list_length(parsed) != 1)
		return nullptr;

	Node *const statement = linitial_node(RawStmt, parsed)->stmt;

	if (!IsA(statement, SelectStmt))
		return nullptr;

	const SelectStmt *const select = castNode(SelectStmt, statement);

	if (select->op != SETOP_NONE || list_length(select->targetList) != 1 || select->fromClause ||
		select->whereClause || select->groupClause || select->havingClause ||
		select->windowClause || select->valuesLists || select->sortClause || select->limitOffset ||
		select->limitCount || select->lockingClause || select->withClause ||
		select->distinctClause || select->intoClause)
		return nullptr;

	const ResTarget *const only = linitial_node(ResTarget, select->targetList);

	return only->name || IsA(only->val, SetToDefault) || is_star(only->val) ? nullptr : only->val;
}

/* SELECT expressions FROM the row that is fed in, under the target's name.  Server code. */
RawStmt *
select_from_row(const char *alias, List *expressions)
{
	SelectStmt *const select = makeNode(SelectStmt);
	RangeVar *const row = makeRangeVar(nullptr, pstrdup(input_name), -1);
	ListCell *cell;

	row->alias = makeAlias(alias, NIL);
	select->fromClause = list_make1(row);
	foreach (cell, expressions)
	{
		ResTarget *const item = makeNode(ResTarget);

		item->val = static_cast<Node *>(lfirst(cell));
		item->location = -1;
		select->targetList = lappend(select->targetList, item);
	}

	RawStmt *const raw = makeNode(RawStmt);

	raw->stmt = reinterpret_cast<Node *>(select);
	return raw;
}

/* Coerce the nth output column as an assignment would.  Server code. */
void
coerce_output(ParseState *state, TargetEntry *entry, const expression &wanted)
{
	Node *const given = reinterpret_cast<Node *>(entry->expr);
	const Oid given_type = exprType(given);
	Node *const coerced =
		coerce_to_target_type(state, given, given_type, wanted.type, wanted.typmod,
							  COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);

	if (coerced == nullptr)
		pg::raise_error(ERRCODE_DATATYPE_MISMATCH,
						psprintf("the expression is of type %s, but type %s is needed",
								 format_type_be(given_type), format_type_be(wanted.type)),
						nullptr, "Cast the expression to the type that is needed.");
	assign_expr_collations(state, coerced);
	entry->expr = reinterpret_cast<Expr *>(coerced);
}

/* Server code. */
Query *
analyze(QueryEnvironment *environment, const char *alias, List *expressions,
		const expression *const *wanted)
{
	ParseState *const state = make_parsestate(nullptr);
	ListCell *cell;
	int i = 0;

	state->p_sourcetext = "";
	state->p_queryEnv = environment;
	state->p_resolve_unknowns = false;

	Query *const query = transformTopLevelStmt(state, select_from_row(alias, expressions));

	if (query->hasAggs || query->hasWindowFuncs)
		pg::raise_error(ERRCODE_GROUPING_ERROR,
						"aggregate and window functions are not allowed over a single row", nullptr,
						"Use them in a subquery, as in (SELECT sum(...) FROM ...).");
	if (query->hasTargetSRFs)
		pg::raise_error(ERRCODE_FEATURE_NOT_SUPPORTED,
						"set-returning functions are not allowed here", nullptr,
						"Use the function in the FROM clause of a subquery.");
	foreach (cell, query->targetList)
		coerce_output(state, lfirst_node(TargetEntry, cell), *wanted[i++]);
	free_parsestate(state);
	return query;
}

/* Server code. */
PlannedStmt *
plan(QueryEnvironment *environment, const char *alias, List *expressions,
	 const expression *const *wanted)
{
	List *const rewritten = pg_rewrite_query(analyze(environment, alias, expressions, wanted));

	return pg_plan_query(linitial_node(Query, rewritten), "", 0, nullptr);
}

/* Where the server gives none. */
const char *
advice(int sqlstate)
{
	return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_DATA_EXCEPTION
			   ? "Mend the part of it that fails whatever the row is."
			   : "Write one SQL expression over the columns of the row. A text constant stands in "
				 "single quotes.";
}

failure
expression_failure(const pg::pg_error &e, const expression &wanted)
{
	return failure(e.sqlstate(), "invalid expression for " + wanted.origin + ": " + e.what())
		.detail(*e.detail() ? std::string(e.detail()) : "The expression is: " + wanted.sql)
		.hint(*e.hint() ? e.hint() : advice(e.sqlstate()));
}

} // namespace

row_evaluator::row_evaluator(const target &t, const std::vector<expression> &expressions)
	: plan_cxt_("migsafe expressions"), run_cxt_("migsafe expression run")
{
	pg::memory_scope scope(plan_cxt_.get());
	const char *const alias = RelationGetRelationName(t.rel());
	List *parsed = NIL;
	std::vector<const expression *> wanted;

	input_relation_.md.name = const_cast<char *>(input_name);
	input_relation_.md.reliddesc = t.relid();
	input_relation_.md.enrtype = ENR_NAMED_TUPLESTORE;
	input_relation_.md.enrtuples = 1;
	environment_ = pg::call(create_queryEnv);
	pg::call(register_ENR, environment_, &input_relation_);

	for (const expression &e : expressions)
	{
		const expression *const only = &e;
		Node *const node = pg::translate_errors(
			[&] { return pg::call(parse_expression, e.sql.c_str()); },
			[&](const pg::pg_error &error) { return expression_failure(error, e); });

		if (node == nullptr)
			throw failure(ERRCODE_SYNTAX_ERROR, "invalid expression for " + e.origin)
				.detail("The expression is: " + e.sql)
				.hint("Write one SQL expression, without FROM or further clauses; a subquery goes "
					  "in parentheses, a text constant in single quotes.");

		/* by itself first, so that an error can name its origin: folding constants may fail, too */
		pg::translate_errors(
			[&] {
				pg::call([&, this] {
					plan(environment_, alias, list_make1(static_cast<Node *>(copyObjectImpl(node))),
						 &only);
				});
			},
			[&](const pg::pg_error &error) { return expression_failure(error, e); });
		parsed = pg::call(lappend, parsed, static_cast<void *>(node));
		wanted.push_back(only);
	}

	plan_ = pg::call([&, this] { return plan(environment_, alias, parsed, wanted.data()); });
}

void
row_evaluator::start(Snapshot snapshot)
{
	MemoryContextReset(run_cxt_.get());
	MemoryContext const saved = MemoryContextSwitchTo(run_cxt_.get());

	input_ = tuplestore_begin_heap(false, false, work_mem);
	input_relation_.reldata = input_;
	query_ = CreateQueryDesc(plan_, "migsafe expressions", snapshot, InvalidSnapshot, None_Receiver,
							 nullptr, environment_, 0);
	ExecutorStart(query_, 0);
	MemoryContextSwitchTo(saved);
}

TupleTableSlot *
row_evaluator::evaluate(TupleTableSlot *row)
{
	MemoryContext const saved = MemoryContextSwitchTo(query_->estate->es_query_cxt);

	tuplestore_clear(input_);
	tuplestore_puttupleslot(input_, row);

	TupleTableSlot *const result = ExecProcNode(query_->planstate);

	MemoryContextSwitchTo(saved);
	return result;
}

void
row_evaluator::finish()
{
	ExecutorFinish(query_);
	ExecutorEnd(query_);
	FreeQueryDesc(query_);
	tuplestore_end(input_);
	query_ = nullptr;
}

} // namespace migsafe
