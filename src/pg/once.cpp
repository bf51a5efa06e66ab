#include "pg/once.hpp"

#include "pg/memory.hpp"

#include <algorithm>
#include <list>
#include <vector>

namespace migsafe::pg {
namespace {

struct argument
{
	Datum value;
	bool null;
	int16 length;
	bool by_value;
};

struct expansion
{
	MemoryContext query; /* the statement's own memory; the entry dies with it */
	Oid function;
	int location;      /* of the call in the text of the statement */
	CommandId command; /* in which nothing has happened since */
	std::vector<argument> arguments;
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

/* The arguments of a call, copied into cxt. */
std::vector<argument>
arguments_of(FunctionCallInfo fcinfo, MemoryContext cxt)
{
	memory_scope scope(cxt);
	std::vector<argument> list(fcinfo->nargs);
	argument *const copies = list.data();

	call([=] {
		for (int i = 0; i < fcinfo->nargs; i++)
		{
			const NullableDatum &given = fcinfo->args[i];
			argument &a = copies[i];

			get_typlenbyval(get_fn_expr_argtype(fcinfo->flinfo, i), &a.length, &a.by_value);
			a.null = given.isnull;
			a.value = given.isnull ? 0 : datumCopy(given.value, a.by_value, a.length);
		}
	});
	return list;
}

bool
same_arguments(const std::vector<argument> &list, FunctionCallInfo fcinfo)
{
	const argument *const copies = list.data();

	return call([=] {
		for (int i = 0; i < fcinfo->nargs; i++)
		{
			const NullableDatum &given = fcinfo->args[i];
			const argument &a = copies[i];

			if (a.null != given.isnull ||
				(!a.null && !datum_image_eq(a.value, given.value, a.by_value, a.length)))
				return false;
		}
		return true;
	});
}

bool
is_expansion_of(const expansion &e, FunctionCallInfo fcinfo)
{
	return e.query == fcinfo->flinfo->fn_mcxt && e.function == fcinfo->flinfo->fn_oid &&
		   e.location == place_of_call(fcinfo->flinfo);
}

/* Has this very call not been served yet, and nothing happened since the first? */
bool
may_share(const expansion &e, FunctionCallInfo fcinfo)
{
	return e.command == GetCurrentCommandId(false) &&
		   std::find(e.served.begin(), e.served.end(), fcinfo->flinfo) == e.served.end() &&
		   same_arguments(e.arguments, fcinfo);
}

} // namespace

Datum
once(FunctionCallInfo fcinfo, Datum (*compute)(FunctionCallInfo))
{
	const MemoryContext query = fcinfo->flinfo->fn_mcxt;

	if (place_of_call(fcinfo->flinfo) < 0)
		return compute(fcinfo);

	auto found = std::find_if(expansions().begin(), expansions().end(),
							  [=](const expansion &e) { return is_expansion_of(e, fcinfo); });

	if (found != expansions().end())
	{
		if (may_share(*found, fcinfo))
		{
			found->served.push_back(fcinfo->flinfo);
			return copy_record(found->result, CurrentMemoryContext);
		}
		expansions().erase(found); /* the same place again: the next row, or the next statement */
	}

	std::vector<argument> arguments = arguments_of(fcinfo, query);
	const Datum result = compute(fcinfo);

	/*
	 * Marked as used, so that whoever begins a command increments it: PL/pgSQL
	 * evaluates the expressions of a whole function in one memory context, where
	 * those of two statements could not be told from those of one.
	 */
	const CommandId command = call([] { return GetCurrentCommandId(true); });

	make_in<end_of_statement>(query, query);
	expansions().push_back({query,
							fcinfo->flinfo->fn_oid,
							place_of_call(fcinfo->flinfo),
							command,
							std::move(arguments),
							copy_record(result, query),
							{fcinfo->flinfo}});
	return result;
}

} // namespace migsafe::pg
