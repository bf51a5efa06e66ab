/*
 * sql_diff.cpp
 *		migsafe.jsonb_diff and migsafe.jsonb_merge.
 */
#include "jsonb/diff.hpp"
#include "jsonb/merge.hpp"
#include "jsonb/sql_host.hpp"

using namespace migsafe;

namespace {

std::optional<jsonb::value>
optional_root(const pg::arguments &args, int i)
{
	return args.null(i) ? std::nullopt : std::optional(jsonb::root_of(args.jsonb(i)));
}

} // namespace

MIGSAFE_FUNCTION(migsafe_jsonb_diff)
{
	const pg::arguments args(fcinfo);
	const jsonb::server_host server;
	const Jsonb *const after = args.jsonb(1);
	jsonb::arena memory;
	jsonb::tree tree(memory, server);

	return jsonb::to_datum(jsonb::diff(tree, jsonb::root_of(args.jsonb(0)), jsonb::root_of(after)),
						   VARSIZE(after) / 4 + 256, server);
}

MIGSAFE_FUNCTION(migsafe_jsonb_merge)
{
	const pg::arguments args(fcinfo);
	const jsonb::server_host server;
	jsonb::arena memory;
	jsonb::tree tree(memory, server);
	const jsonb::merge_result result =
		jsonb::merge(tree, optional_root(args, 0), optional_root(args, 1), optional_root(args, 2));
	const size_t expected = args.null(1) ? 64 : VARSIZE(args.jsonb(1)) + 256;

	return pg::make_record(
		fcinfo, {result.merged
					 ? pg::value{jsonb::to_datum(*result.merged, expected, server), JSONBOID, false}
					 : pg::value::none(JSONBOID),
				 pg::value::text_array(result.conflicts)});
}
