#include "archive/file_failure.hpp"

#include <cerrno>
#include <cstring>

namespace migsafe::archive {
namespace {

int
sqlstate_of(int error)
{
	switch (error)
	{
		case EPERM:
		case EACCES:
		case EROFS:
			return ERRCODE_INSUFFICIENT_PRIVILEGE;
		case ENOENT:
			return ERRCODE_UNDEFINED_FILE;
		case EEXIST:
		case ENOTEMPTY:
			return ERRCODE_DUPLICATE_FILE;
		case ENOTDIR:
		case EISDIR:
		case ELOOP:
			return ERRCODE_WRONG_OBJECT_TYPE;
		case ENAMETOOLONG:
			return ERRCODE_INVALID_PARAMETER_VALUE;
		case ENOSPC:
		case EDQUOT:
			return ERRCODE_DISK_FULL;
		case EMFILE:
		case ENFILE:
			return ERRCODE_INSUFFICIENT_RESOURCES;
		default:
			return ERRCODE_IO_ERROR;
	}
}

const char *
hint_of(int error)
{
	if (error == ENOSPC || error == EDQUOT)
		return "Make room there, or pass another path.";
	return "Paths are those of the server's machine, where its operating system user needs the "
		   "rights.";
}

} // namespace

failure
file_failure(int error, const std::string &attempt, const std::string &path)
{
	return failure(sqlstate_of(error),
				   "could not " + attempt + " \"" + path + "\": " + strerror(error))
		.hint(hint_of(error));
}

} // namespace migsafe::archive
