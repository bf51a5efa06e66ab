/*
 * source_folder.hpp
 *		The folder of an export, being read: not trusted before it is verified.
 */
#pragma once

#include "archive/descriptor.hpp"
#include "archive/manifest.hpp"

#include <string>

namespace migsafe::archive {

class source_folder
{
public:
	/* path is a canonical absolute one; 58P01 if there is nothing, 55000 if it is an unfinished export. */
	explicit source_folder(const std::string &path);

	/*
	 * The manifest, after each file was found to be what it says, and no other is
	 * there: else XX001, with the name of the file.
	 */
	[[nodiscard]] manifest verified() const;

	/* A file of it, which no link leads to; XX001 if it is none. */
	[[nodiscard]] descriptor open(const std::string &name) const;
	[[nodiscard]] std::string path_of(const std::string &name) const { return path_ + "/" + name; }

private:
	const std::string path_;
	descriptor folder_;

	void require_files(const manifest &m) const;
	void require_no_others() const;
	void verify(const listed_file &f) const;
	[[nodiscard]] std::string read_manifest() const;
};

/* Read what there is next, at most count bytes; 0 at the end. */
size_t read_some(const descriptor &file, const std::string &path, void *to, size_t count);

} // namespace migsafe::archive
