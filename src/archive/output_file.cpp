#include "archive/output_file.hpp"

#include "archive/file_failure.hpp"

extern "C" {
#include "storage/fd.h"
}

#include <fcntl.h>
#include <unistd.h>

namespace migsafe::archive {

output_file::output_file(const partial_folder &folder, const std::string &name)
	: name_(name), path_(folder.path() + "/" + name),
	  file_(folder.fd(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
{
	if (!file_.is_open())
		throw file_failure(errno, "create file", path_);
}

void
output_file::write(const void *bytes, size_t count)
{
	const char *at = static_cast<const char *>(bytes);

	hash_.add(bytes, count);
	bytes_ += count;
	while (count > 0)
	{
		errno = 0;

		const ssize_t written = ::write(file_.fd(), at, count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			throw file_failure(errno ? errno : ENOSPC, "write file", path_);
		at += written;
		count -= static_cast<size_t>(written);
	}
}

listed_file
output_file::finish()
{
	if (pg_fsync(file_.fd()) != 0)
		throw file_failure(errno, "fsync", path_);
	return {name_, bytes_, hash_.hex()};
}

listed_file
write_file(const partial_folder &folder, const std::string &name, std::string_view text)
{
	output_file file(folder, name);

	file.write(text.data(), text.size());
	return file.finish();
}

} // namespace migsafe::archive
