#pragma once

#include "archive/copy_writer.hpp"
#include "catalog/backup_record.hpp"
#include "table/target.hpp"

namespace migsafe::archive {

/*
 * How much there is of what in a backup, and in its columns once they were written;
 * data_bytes: before compression.  Lines of fields with tabs between them.
 */
std::string statistics_text(const catalog::backup_record &backup, const target &copy,
							const copy_writer &rows, uint64 data_bytes);

} // namespace migsafe::archive
