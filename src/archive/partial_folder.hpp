/*
 * partial_folder.hpp
 *		The folder of an export until it is whole: it lies aside, under another name, and
 *		gets its own in the end, at once.
 *
 * While it lives, its owner holds a lock of the operating system on it.  What a
 * process that was killed has left behind has no lock, and the next export of that
 * name removes it.
 */
#pragma once

#include "archive/descriptor.hpp"

#include <string>

namespace migsafe::archive {

class partial_folder
{
public:
	/*
	 * Make it beside directory, a canonical absolute path, where there must be
	 * nothing yet (58P02).
	 */
	explicit partial_folder(const std::string &directory);
	/* Removes it, unless it was published. */
	~partial_folder();
	partial_folder(const partial_folder &) = delete;
	partial_folder &operator=(const partial_folder &) = delete;

	/* When all files are there, and on disk: give it its name, and make that last. */
	void publish();

	[[nodiscard]] int fd() const { return folder_.fd(); }
	[[nodiscard]] const std::string &path() const { return path_; }

private:
	const std::string directory_;
	descriptor parent_;
	std::string path_; /* as it is called at present */
	descriptor folder_;
	bool published_ = false;

	bool make();
	void sync(const descriptor &d, const std::string &path) const;
};

} // namespace migsafe::archive
