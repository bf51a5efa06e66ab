#include "archive/server_files.hpp"

extern "C" {
#include "catalog/pg_authid.h"
}

namespace migsafe::archive {
namespace {

void
require_role(Oid role, const std::string &name, const std::string &what)
{
	if (!pg::call([=] { return has_privs_of_role(GetUserId(), role); }))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to " + what)
			.detail("Only superusers and members of role " + name + " may do that.")
			.hint("Ask a superuser: GRANT " + name + " TO the role.");
}

} // namespace

void
require_writer_of_files()
{
	require_role(ROLE_PG_WRITE_SERVER_FILES, "pg_write_server_files", "write files of the server");
}

void
require_reader_of_files()
{
	require_role(ROLE_PG_READ_SERVER_FILES, "pg_read_server_files", "read files of the server");
}

std::string
directory_argument(const pg::arguments &args, int i)
{
	std::string path = args.string(i);

	if (!is_absolute_path(path.c_str()))
		throw failure(ERRCODE_INVALID_NAME,
					  "argument \"directory\" is not an absolute path: \"" + path + "\"")
			.hint("Pass a path on the server's machine that begins with a slash.");
	pg::call([&] { canonicalize_path(path.data()); });
	path.resize(strlen(path.c_str()));
	if (path == "/" || path.size() >= MAXPGPATH)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"directory\" cannot be the folder of an export: \"" + path + "\"");
	return path;
}

} // namespace migsafe::archive
