#pragma once

#include "archive/file_list.hpp"
#include "archive/partial_folder.hpp"
#include "archive/sha256.hpp"

namespace migsafe::archive {

/* A file in the folder of an export, being written. */
class output_file
{
public:
	output_file(const partial_folder &folder, const std::string &name);

	void write(const void *bytes, size_t count);
	/* Bring it to disk. */
	listed_file finish();

private:
	const std::string name_, path_;
	descriptor file_;
	sha256 hash_;
	uint64 bytes_ = 0;
};

/* A file as a whole. */
listed_file write_file(const partial_folder &folder, const std::string &name,
					   std::string_view text);

} // namespace migsafe::archive
