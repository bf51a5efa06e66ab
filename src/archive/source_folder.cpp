#include "archive/source_folder.hpp"

#include "archive/file_failure.hpp"
#include "archive/partial_name.hpp"
#include "archive/sha256.hpp"
#include "pg/transaction.hpp"

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace migsafe::archive {
namespace {

constexpr size_t read_size = 131072;
constexpr size_t largest_manifest = size_t{16} * 1024 * 1024;

failure
not_as_listed(const std::string &path, const std::string &what)
{
	return failure(ERRCODE_DATA_CORRUPTED, "file \"" + path + "\" " + what)
		.hint("Nothing was imported. Copy the export anew.");
}

bool
is_listed(const std::string &name)
{
	return std::any_of(std::begin(listed_files), std::end(listed_files),
					   [&](const char *listed) { return name == listed; });
}

} // namespace

size_t
read_some(const descriptor &file, const std::string &path, void *to, size_t count)
{
	pg::check_for_interrupts();
	for (;;)
	{
		const ssize_t got = read(file.fd(), to, count);

		if (got >= 0)
			return static_cast<size_t>(got);
		if (errno != EINTR)
			throw file_failure(errno, "read file", path);
	}
}

source_folder::source_folder(const std::string &path)
	: path_(path), folder_(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)
{
	if (is_partial_name(path))
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "\"" + path + "\" is an export that was not finished")
			.hint("Import another one. If no export is writing it any more, it can be removed.");
	if (!folder_.is_open())
		throw file_failure(errno, "open directory", path);
}

manifest
source_folder::verified() const
{
	manifest m = parse_manifest(read_manifest(), path_of(manifest_file));

	require_files(m);
	require_no_others();
	for (const listed_file &f : m.files)
		verify(f);
	return m;
}

descriptor
source_folder::open(const std::string &name) const
{
	/* not to wait for the other end if it is a pipe */
	descriptor file(folder_.fd(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	struct stat kind;

	if (!file.is_open() && errno == ENOENT)
		throw not_as_listed(path_of(name), "is missing");
	if (!file.is_open() && errno == ELOOP)
		throw not_as_listed(path_of(name), "is a symbolic link");
	if (!file.is_open() || fstat(file.fd(), &kind) != 0)
		throw file_failure(errno, "open file", path_of(name));
	if (!S_ISREG(kind.st_mode))
		throw not_as_listed(path_of(name), "is no ordinary file");
	return file;
}

std::string
source_folder::read_manifest() const
{
	const std::string path = path_of(manifest_file);
	const descriptor file = open(manifest_file);
	std::string text;

	while (text.size() <= largest_manifest)
	{
		const size_t before = text.size();

		text.resize(before + read_size);
		text.resize(before + read_some(file, path, text.data() + before, read_size));
		if (text.size() == before)
			return text;
	}
	throw not_as_listed(path, "is too large for a MANIFEST");
}

/* Each file that an export writes, once; names of others are never looked at. */
void
source_folder::require_files(const manifest &m) const
{
	for (const listed_file &f : m.files)
	{
		if (!is_listed(f.name))
			throw not_as_listed(path_of(manifest_file),
								"lists \"" + f.name + "\", which is no file of an export");
	}
	for (const char *const name : listed_files)
	{
		if (std::count_if(m.files.begin(), m.files.end(),
						  [&](const listed_file &f) { return f.name == name; }) != 1)
			throw not_as_listed(path_of(manifest_file),
								std::string("does not list \"") + name + "\" once");
	}
}

void
source_folder::require_no_others() const
{
	const std::unique_ptr<DIR, int (*)(DIR *)> all(opendir(path_.c_str()), closedir);

	if (!all)
		throw file_failure(errno, "open directory", path_);
	while (const dirent *const entry = readdir(all.get()))
	{
		const std::string name = entry->d_name;

		if (name != "." && name != ".." && name != manifest_file && !is_listed(name))
			throw not_as_listed(path_of(name), "is not listed in the MANIFEST");
	}
}

void
source_folder::verify(const listed_file &f) const
{
	const std::string path = path_of(f.name);
	const descriptor file = open(f.name);
	std::vector<char> buffer(read_size);
	sha256 hash;
	struct stat found;

	if (fstat(file.fd(), &found) != 0)
		throw file_failure(errno, "stat file", path);
	if (static_cast<uint64>(found.st_size) != f.bytes)
		throw not_as_listed(path, "has " + std::to_string(found.st_size) + " bytes instead of " +
									  std::to_string(f.bytes));
	while (const size_t count = read_some(file, path, buffer.data(), buffer.size()))
		hash.add(buffer.data(), count);
	if (hash.hex() != f.sha256)
		throw not_as_listed(path, "is not what was exported: its SHA-256 is another");
}

} // namespace migsafe::archive
