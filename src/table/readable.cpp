#include "table/readable.hpp"

#include "pg/value.hpp"

namespace migsafe {
namespace {

std::string
name_of(Oid relid)
{
	return pg::call(get_rel_name, relid);
}

std::string
qualified_name_of(Oid relid)
{
	return pg::qualified_name(
		pg::call([=] { return get_namespace_name_or_temp(get_rel_namespace(relid)); }),
		name_of(relid));
}

} // namespace

void
require_right(Oid relid, AclMode right, const char *right_name)
{
	if (pg::call([=] { return pg_class_aclcheck(relid, GetUserId(), right); }) != ACLCHECK_OK)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for table " + name_of(relid))
			.detail(std::string("The ") + right_name + " privilege is needed.")
			.hint(std::string("Ask the table's owner: GRANT ") + right_name + " ON " +
				  qualified_name_of(relid) + " TO the role.");
}

void
require_readable(Oid relid)
{
	if (pg::call([=] {
			return pg_attribute_aclcheck_all(relid, GetUserId(), ACL_SELECT, ACLMASK_ALL);
		}) != ACLCHECK_OK)
		require_right(relid, ACL_SELECT, "SELECT");
	if (pg::call([=] { return check_enable_rls(relid, InvalidOid, true); }) == RLS_ENABLED)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "row-level security would hide rows of table \"" + name_of(relid) + "\"")
			.detail("migsafe accounts for every row of a table, or for none.")
			.hint("Work as the table's owner or as a role with BYPASSRLS.");
}

} // namespace migsafe
