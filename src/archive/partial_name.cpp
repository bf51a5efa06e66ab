#include "archive/partial_name.hpp"

#include "archive/descriptor.hpp"
#include "archive/file_list.hpp"
#include "archive/hex.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

namespace migsafe::archive {
namespace {

constexpr std::string_view mark = ".partial-";
constexpr size_t digits = 16;

} // namespace

std::string
partial_name(const std::string &directory)
{
	uint8 bytes[digits / 2];

	if (!pg_strong_random(bytes, sizeof bytes))
		throw failure(ERRCODE_INTERNAL_ERROR, "could not generate random values");
	return directory + std::string(mark) + hex_of(bytes, sizeof bytes);
}

bool
is_partial_name(std::string_view path)
{
	const size_t found = path.rfind(mark);

	return found != std::string_view::npos && path.size() - found == mark.size() + digits &&
		   path.find_first_not_of("0123456789abcdef", found + mark.size()) ==
			   std::string_view::npos;
}

std::string
parent_of(const std::string &path)
{
	const size_t slash = path.rfind('/');

	return slash == 0 ? "/" : path.substr(0, slash);
}

void
remove_folder(int folder, const char *path) noexcept
{
	for (const char *const name : listed_files)
		unlinkat(folder, name, 0);
	unlinkat(folder, manifest_file, 0);
	rmdir(path);
}

void
remove_stale(const std::string &directory)
{
	const std::string parent = parent_of(directory);
	const std::string prefix = directory.substr(directory.rfind('/') + 1) + std::string(mark);
	std::vector<std::string> stale;
	const std::unique_ptr<DIR, int (*)(DIR *)> all(opendir(parent.c_str()), closedir);

	if (!all)
		return; /* a folder may be written that may not be listed */
	while (const dirent *const entry = readdir(all.get()))
	{
		const std::string name = entry->d_name;

		if (name.rfind(prefix, 0) == 0 && name.size() == prefix.size() + digits &&
			is_partial_name(name))
			stale.push_back(parent + "/" + name);
	}
	for (const std::string &path : stale)
	{
		const descriptor folder(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

		if (folder.is_open() && flock(folder.fd(), LOCK_EX | LOCK_NB) == 0)
			remove_folder(folder.fd(), path.c_str());
	}
}

} // namespace migsafe::archive
