#include "backup/restore_request.hpp"

#include "table/write_guard.hpp"

namespace migsafe {
namespace {

bool
is_exact(const std::string &mode)
{
	if (mode != "exact" && mode != "keep_new")
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"mode\" has the unknown value \"" + mode + "\"")
			.hint("Use 'exact', or 'keep_new' to leave rows that are not in the backup.");
	return mode == "exact";
}

} // namespace

restore_request
restore_request_of(const pg::arguments &args, int first, bool of_set)
{
	args.require(first, "mode");
	args.require(first + 1, "dry_run");
	args.require(first + 2, "backup_first");
	return {is_exact(args.string(first)), args.boolean(first + 1), args.boolean(first + 2), of_set};
}

void
require_restore_rights(const target &t, const restore_request &request)
{
	t.require_readable();
	require_no_children(t);
	if (request.dry_run)
		return;
	t.require(ACL_INSERT, "INSERT");
	t.require(ACL_UPDATE, "UPDATE");
	if (request.exact)
		t.require(ACL_DELETE, "DELETE");
	t.require_writable_in_place(CMD_UPDATE);
	t.require_writable_in_place(CMD_DELETE);
}

} // namespace migsafe
