#pragma once

#include "archive/partial_folder.hpp"
#include "backup/fingerprint.hpp"

namespace migsafe::archive {

/*
 * The content of the data file of an export that is being written, read as an import
 * would read it, under pinned_output: so many bytes before compression, rows with the
 * columns of the table.
 */
content_summary read_back(const partial_folder &folder, uint64 bytes, const target &table);

} // namespace migsafe::archive
