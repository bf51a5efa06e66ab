/*
 * manifest.hpp
 *		The MANIFEST of an export: what it is of, and what its files must be.
 *
 * JSON, whose last member is the SHA-256 of all the bytes before it, so that no
 * altered byte goes unnoticed.  It guards against accidents, not against somebody
 * who writes another one.
 */
#pragma once

#include "archive/file_list.hpp"
#include "backup/fingerprint.hpp"
#include "catalog/backup_record.hpp"

#include <vector>

namespace migsafe::archive {

struct manifest
{
	std::string encoding;
	std::string schema, name; /* of the table that the backup is of */
	content_summary content;
	uint64 data_bytes; /* before compression */
	std::optional<std::string> label;
	std::string definition; /* of that table, as migsafe.table_manifest has it: JSON */
	std::string runs_seen;  /* if that table is the one of oid, here: an array literal */
	catalog::backup_origin origin;
	bool of_set; /* was it one of several that belong together? */
	Oid oid;
	int64 system_identifier;
	Oid extension_oid;
	std::vector<listed_file> files;
};

/* The text of the MANIFEST of a backup, exported now. */
std::string manifest_text(const catalog::backup_record &backup, uint64 data_bytes,
						  const std::vector<listed_file> &files);

/*
 * The manifest of a text that was read from path.  XX001 if it is damaged or none,
 * 0A000 if it is of another version.
 */
manifest parse_manifest(const std::string &text, const std::string &path);

} // namespace migsafe::archive
