/*
 * sql_patch.cpp
 *		migsafe.jsonb_patch and migsafe.jsonb_merge_patch.
 */
#include "jsonb/merge_patch.hpp"
#include "jsonb/patch_cache.hpp"
#include "jsonb/sql_host.hpp"
#include "jsonb/writer.hpp"

using namespace migsafe;

namespace {

/* What a call site keeps from row to row. */
struct call_site
{
	jsonb::arena memory;
	std::shared_ptr<const jsonb::patch> patch;
};

/* A NULL patch is a mistake, and would make NULL of a column. */
Jsonb *
patch_argument(const pg::arguments &args)
{
	if (args.null(1))
		throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED, "argument \"patch\" must not be null")
			.detail("The result would be NULL, whatever the document is.")
			.hint("A patch that changes nothing is '[]', and a merge patch '{}'.");
	return args.jsonb(1);
}

/* The document as change(tree &, item &) leaves it; more is about how much it grows. */
template <typename Change>
Datum
changed_document(const pg::arguments &args, jsonb::arena &memory, size_t more, Change change)
{
	const jsonb::server_host server;
	const Jsonb *const document = args.jsonb(0);
	const size_t size = VARSIZE(document);

	memory.reset();
	jsonb::prefetch(document);

	jsonb::tree tree(memory, server);
	jsonb::item root(jsonb::root_of(document));

	if (!change(tree, root))
		return args.datum(0);
	return jsonb::to_datum(root, jsonb::expected_size(size, more), server);
}

Datum
apply_patch(FunctionCallInfo fcinfo, jsonb::dialect mode, std::string_view subject)
{
	const pg::arguments args(fcinfo);
	const std::string_view source = jsonb::bytes_of(patch_argument(args));
	auto &site = jsonb::state_of<call_site>(fcinfo);

	if (!site.patch || !site.patch->is_of(source, mode, subject))
		site.patch = jsonb::parsed_patch(source, mode, subject);
	if (args.null(0))
		PG_RETURN_NULL();
	return changed_document(
		args, site.memory, source.size(),
		[&](jsonb::tree &tree, jsonb::item &root) { return site.patch->apply(tree, root); });
}

} // namespace

MIGSAFE_FUNCTION(migsafe_jsonb_patch)
{
	const pg::arguments args(fcinfo);

	args.require(2, "extensions");
	return apply_patch(fcinfo, args.boolean(2) ? jsonb::dialect::extended : jsonb::dialect::strict,
					   "argument \"patch\"");
}

MIGSAFE_FUNCTION(migsafe_apply_transform_patch)
{
	const pg::arguments args(fcinfo);

	args.require(2, "subject");
	return apply_patch(fcinfo, jsonb::dialect::extended, args.view(2));
}

MIGSAFE_FUNCTION(migsafe_jsonb_merge_patch)
{
	const pg::arguments args(fcinfo);
	const Jsonb *const patch = patch_argument(args);
	auto &site = jsonb::state_of<call_site>(fcinfo);

	if (args.null(0))
		PG_RETURN_NULL();
	return changed_document(args, site.memory, VARSIZE(patch),
							[=](jsonb::tree &tree, jsonb::item &root) {
								return jsonb::merge_patch(tree, root, jsonb::root_of(patch));
							});
}
