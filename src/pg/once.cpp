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
	Oid function;
	int location; /* of the call in the text of the statement */
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
struct end_of_statement
{
	MemoryContext query;

	~end_of_statement()
	{
		expansions().remove_if([this](const expansion &e) { return e.query == query; });
	}
};

int
place_of_call(const FmgrInfo *function)
{
	const Node *node = function->fn_expr;

	return node && IsA(node, FuncExpr) ? reinterpret_cast<const FuncExpr *>(node)->location : -1;
}

Datum
copy_record(Datum record, MemoryContext cxt)
{
	memory_scope scope(cxt);

	return call([=] { return datumCopy(record, false, -1); });
}

} // namespace

Datum
once(FunctionCallInfo fcinfo, Datum (*compute)(FunctionCallInfo))
{
	const FmgrInfo *const function = fcinfo->flinfo;
	const MemoryContext query = function->fn_mcxt;
	const int location = place_of_call(function);

	if (location < 0)
		return compute(fcinfo);

	auto found = std::find_if(expansions().begin(), expansions().end(), [=](const expansion &e) {
		return e.query == query && e.function == function->fn_oid && e.location == location;
	});

	if (found != expansions().end())
	{
		if (std::find(found->served.begin(), found->served.end(), function) == found->served.end())
		{
			found->served.push_back(function);
			return copy_record(found->result, CurrentMemoryContext);
		}
		expansions().erase(found); /* the same call again: the next row */
	}

	const Datum result = compute(fcinfo);

	make_in<end_of_statement>(query)->query = query;
	expansions().push_back(
		{query, function->fn_oid, location, copy_record(result, query), {function}});
	return result;
}

} // namespace migsafe::pg
