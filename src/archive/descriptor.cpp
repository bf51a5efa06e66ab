#include "archive/descriptor.hpp"

#include "pg/api.hpp"

extern "C" {
#include "common/file_perm.h"
#include "storage/fd.h"
}

#include <fcntl.h>
#include <unistd.h>

namespace migsafe::archive {

descriptor::descriptor(int at, const std::string &name, int flags)
{
	/* so that the server keeps within its limit of open files */
	if (!AcquireExternalFD())
		return;
	fd_ = openat(at, name.c_str(), flags | O_CLOEXEC, pg_file_create_mode);
	if (fd_ < 0)
	{
		const int error = errno;

		ReleaseExternalFD();
		errno = error;
	}
}

descriptor::~descriptor()
{
	if (fd_ < 0)
		return;
	close(fd_);
	ReleaseExternalFD();
}

} // namespace migsafe::archive
