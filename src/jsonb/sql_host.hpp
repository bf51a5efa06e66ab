/*
 * sql_host.hpp
 *		The server as host of this folder's code, and jsonb datums on their way in and out.
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/tree.hpp"
#include "pg/memory.hpp"
#include "pg/value.hpp"

namespace migsafe::jsonb {

/* Memory is the current context's; 54001 when the stack runs out. */
class server_host : public host
{
public:
	void check() const override;
	[[nodiscard]] char *allocate(size_t size) const override;
	void release(char *memory) const override;
	[[nodiscard]] std::string_view utf8(std::string_view text) const override;
};

/* Documents are read in leaps: ask for all of a row's before the first of them. */
void prefetch(const Jsonb *document);

/* The document in a detoasted jsonb. */
std::string_view bytes_of(const Jsonb *datum);
value root_of(const Jsonb *datum);

/* The item as a jsonb datum in the current context; expected is a guess at its size. */
Datum to_datum(const item &root, size_t expected, const host &process);

/* What a call site keeps from row to row. */
template <typename State>
State &
state_of(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == nullptr)
		fcinfo->flinfo->fn_extra = pg::make_in<State>(fcinfo->flinfo->fn_mcxt);
	return *static_cast<State *>(fcinfo->flinfo->fn_extra);
}

} // namespace migsafe::jsonb
