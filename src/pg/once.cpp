#include "pg/once.hpp"

#include "pg/memory.hpp"

#include <algorithm>
#include <list>
#include <vector>

namespace migsafe::pg {
namespace {

struct expansion
{
	MemoryContext query; /* the statement's own memory; the entry dies with it */
	const Node *call;    /* the expression that was expanded */
	CommandId command;   /* that the statement's snapshot is of */
	Datum result;
	std::vector<const FmgrInfo *> served;
};

std::list<expansion> &
expansions()
{
	static std::list<expansion> list;

	return list;
}

/* Forgets the entries of a statement when the memory of that statement goes. */
class end_of_statement
{
public:
	explicit end_of_statement(MemoryContext query) : query_(query) {}
	end_of_statement(const end_of_statement &) = delete;
	end_of_statement &operator=(const end_of_statement &) = delete;
	~end_of_statement()
	{
		expansions().remove_if([this](const expansion &e) { return e.query == query_; });
	}

private:
	MemoryContext query_;
};

int
place_of(const Node *call)
{
	return reinterpret_cast<const FuncExpr *>(call)->location;
}

Datum
copy_record(Datum record, MemoryContext cxt)
{
	memory_scope scope(cxt);

	return call([=] { return datumCopy(record, false, -1); });
}

/*
 * Is this a call of the same expansion?  The calls are copies of one expression,
 * at one place of the text (unknown in views and stored functions), run by one
 * statement.  Its command id tells the statements of PL/pgSQL apart, which all
 * evaluate their expressions in one memory context.
 */
bool
is_expansion_of(const expansion &e, const FmgrInfo *function)
{
	return e.query == function->fn_mcxt && place_of(e.call) == place_of(function->fn_expr) &&
		   e.command == GetActiveSnapshot()->curcid &&
		   call([&] { return equal(e.call, function->fn_expr); });
}

} // namespace

Datum
once(FunctionCallInfo fcinfo, Datum (*compute)(FunctionCallInfo))
{
	const FmgrInfo *const function = fcinfo->flinfo;
	const MemoryContext query = function->fn_mcxt;

	if (function->fn_expr == nullptr || !IsA(function->fn_expr, FuncExpr) || !ActiveSnapshotSet())
		return compute(fcinfo);

	auto found = std::find_if(expansions().begin(), expansions().end(),
							  [=](const expansion &e) { return is_expansion_of(e, function); });

	if (found != expansions().end())
	{
		if (std::find(found->served.begin(), found->served.end(), function) == found->served.end())
		{
			found->served.push_back(function);
			return copy_record(found->result, CurrentMemoryContext);
		}
		expansions().erase(found); /* the same call again: the next row */
	}

	const CommandId command = GetActiveSnapshot()->curcid;
	const Datum result = compute(fcinfo);

	/* marked as used, so that the next statement's snapshot is of another command */
	(void) call([] { return GetCurrentCommandId(true); });
	make_in<end_of_statement>(query, query);
	expansions().push_back(
		{query, function->fn_expr, command, copy_record(result, query), {function}});
	return result;
}

} // namespace migsafe::pg
