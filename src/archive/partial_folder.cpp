#include "archive/partial_folder.hpp"

#include "archive/file_failure.hpp"
#include "archive/partial_name.hpp"

extern "C" {
#include "common/file_perm.h"
#include "storage/fd.h"
#include "storage/ipc.h"
}

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace migsafe::archive {
namespace {

constexpr int open_folder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

failure
exists_already(const std::string &directory)
{
	return failure(ERRCODE_DUPLICATE_FILE, "\"" + directory + "\" exists already")
		.detail("An export makes its folder itself.")
		.hint("Pass a path where there is nothing yet.");
}

/* Is what the descriptor holds still what the path names? */
bool
is_same(int fd, const std::string &path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && lstat(path.c_str(), &named) == 0 &&
		   held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/*
 * A FATAL ends the process without unwinding: then its folder goes at its exit.
 * There is one at a time: an export cannot be called from within another.
 */
char doomed[MAXPGPATH];
int doomed_fd;

void
remove_doomed(int, Datum)
{
	if (doomed[0] != '\0')
		remove_folder(doomed_fd, doomed);
}

void
register_removal()
{
	static bool registered = false;

	if (!registered)
		pg::call([] { on_proc_exit(remove_doomed, 0); });
	registered = true;
}

void
doom(int fd, const std::string &path) noexcept
{
	doomed_fd = fd;
	strlcpy(doomed, path.c_str(), sizeof doomed);
}

} // namespace

partial_folder::partial_folder(const std::string &directory)
	: directory_(directory), parent_(AT_FDCWD, parent_of(directory), O_RDONLY | O_DIRECTORY)
{
	struct stat there;

	if (!parent_.is_open())
		throw file_failure(errno, "open directory", parent_of(directory));
	if (lstat(directory.c_str(), &there) == 0)
		throw exists_already(directory);
	remove_stale(directory);
	register_removal();
	while (!make())
		;
	doom(folder_.fd(), path_);
}

/* False if another export has taken it for a stale one, which it may before there is a lock. */
bool
partial_folder::make()
{
	path_ = partial_name(directory_);
	if (path_.size() >= MAXPGPATH)
		throw file_failure(ENAMETOOLONG, "create directory", path_);
	if (mkdir(path_.c_str(), pg_dir_create_mode) != 0)
		throw file_failure(errno, "create directory", path_);
	folder_ = descriptor(AT_FDCWD, path_, open_folder);
	if (folder_.is_open() && flock(folder_.fd(), LOCK_EX | LOCK_NB) == 0)
		return is_same(folder_.fd(), path_);

	const int error = errno;

	rmdir(path_.c_str());
	if (error == EWOULDBLOCK || error == ENOENT)
		return false;
	throw file_failure(error, "open and lock directory", path_);
}

partial_folder::~partial_folder()
{
	if (!published_)
		remove_folder(folder_.fd(), path_.c_str());
	doomed[0] = '\0';
}

void
partial_folder::sync(const descriptor &d, const std::string &path) const
{
	if (pg_fsync(d.fd()) != 0)
		throw file_failure(errno, "fsync", path);
}

void
partial_folder::publish()
{
	sync(folder_, path_);
	if (rename(path_.c_str(), directory_.c_str()) != 0)
	{
		if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
			throw exists_already(directory_);
		throw file_failure(errno, "rename to", directory_);
	}
	path_ = directory_;
	doom(folder_.fd(), path_);
	sync(parent_, parent_of(directory_));
	published_ = true;
	doomed[0] = '\0';
}

} // namespace migsafe::archive
