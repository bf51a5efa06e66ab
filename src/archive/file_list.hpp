/*
 * file_list.hpp
 *		What lies in the folder of an export: these files, and no others.
 */
#pragma once

#include "pg/call.hpp"

#include <string>

namespace migsafe::archive {

constexpr int format_version = 1;

constexpr const char *data_file = "data.copy.zst";
constexpr const char *types_file = "types.sql";
constexpr const char *table_file = "table.sql";
constexpr const char *indexes_file = "indexes.sql";
constexpr const char *constraints_file = "constraints.sql";
constexpr const char *foreign_keys_file = "foreign_keys.sql";
constexpr const char *statistics_file = "statistics.txt";
constexpr const char *manifest_file = "MANIFEST";

/* All but the MANIFEST, which lists them. */
constexpr const char *listed_files[] = {data_file,      types_file,       table_file,
										indexes_file,   constraints_file, foreign_keys_file,
										statistics_file};

/* A file as the MANIFEST lists it. */
struct listed_file
{
	std::string name;
	uint64 bytes;
	std::string sha256; /* hexadecimal */
};

} // namespace migsafe::archive
