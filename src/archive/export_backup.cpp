/*
 * export_backup.cpp
 *		migsafe.export_backup: a backup in a folder of its own, to be kept or taken elsewhere.
 */
#include "archive/data_reader.hpp"
#include "archive/manifest.hpp"
#include "archive/partial_name.hpp"
#include "archive/read_back.hpp"
#include "archive/server_files.hpp"
#include "archive/statistics.hpp"
#include "backup/backup_access.hpp"
#include "catalog/session.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "table/table_scan.hpp"

using namespace migsafe;
using namespace migsafe::archive;

namespace {

failure
altered(const catalog::backup_record &backup, const std::string &detail)
{
	const std::string id = std::to_string(backup.backup_id);

	return failure(ERRCODE_DATA_CORRUPTED, "backup " + id + " is no longer what it was")
		.detail(detail)
		.hint("Nothing was exported. See SELECT * FROM migsafe.verify_backup(" + id + ").");
}

failure
changed_on_the_way(const catalog::backup_record &backup)
{
	return failure(ERRCODE_DATA_CORRUPTED, "the export of backup " +
											   std::to_string(backup.backup_id) +
											   " cannot be read back as it was written")
		.detail("Its row count or its fingerprint is another then.")
		.hint("Nothing was exported. Values of some types change on their way through COPY in "
			  "binary form, as those of xml do in a database that is not UTF8; if there are none, "
			  "check the storage of this server.");
}

/* The backup table has the columns of its record; their types the fingerprint will tell. */
void
require_columns(const catalog::backup_record &backup, const target &copy)
{
	std::vector<std::string> names;

	for (const column &c : copy.columns())
		names.push_back(c.name);

	catalog::session s;

	if (static_cast<int>(names.size()) != copy.descriptor()->natts ||
		s->scalar("SELECT $2 = ARRAY(SELECT c.c->>'name' FROM migsafe.backup b,"
				  " jsonb_array_elements(b.manifest->'columns') WITH ORDINALITY c (c, i)"
				  " WHERE b.backup_id = $1 ORDER BY c.i)",
				  {pg::value::of(backup.backup_id), pg::value::text_array(names)}) != "t")
		throw altered(backup, "Columns of table " + backup.quoted() + " were altered.");
}

/* What an export writes, file by file. */
class exporting
{
public:
	exporting(const catalog::backup_record &backup, const target &copy,
			  const partial_folder &folder)
		: backup_(backup), copy_(copy), folder_(folder)
	{
	}

	void write_rows()
	{
		const pg::pinned_output pinned;
		const pg::registered_snapshot snapshot;
		output_file file(folder_, data_file);
		compressor compressed(file);
		copy_writer rows(copy_.descriptor(), compressed);
		fingerprint content(copy_.descriptor());
		table_scan scan(copy_, snapshot.get());

		rows.begin();
		pg::call([&] {
			PushActiveSnapshot(snapshot.get());
			while (scan.next())
			{
				CHECK_FOR_INTERRUPTS();
				content.add(scan.row());
				rows.put(scan.row());
			}
			PopActiveSnapshot();
		});
		rows.finish();
		compressed.finish();

		const content_summary recorded{backup_.row_count, backup_.fingerprint};

		if (content_summary{content.rows(), content.hex()} != recorded)
			throw altered(backup_, "The rows of table " + backup_.quoted() +
									   " do not have the recorded count and fingerprint.");
		data_bytes_ = compressed.bytes();
		files_.push_back(file.finish());
		if (read_back(folder_, data_bytes_, copy_) != recorded)
			throw changed_on_the_way(backup_);
		write(statistics_file, statistics_text(backup_, copy_, rows, data_bytes_));
		pg::fault_point("export");
	}

	void write_definition()
	{
		write(types_file, definition("migsafe.types_sql(b.manifest)"));
		write(table_file,
			  definition("migsafe.table_sql(b.manifest, b.target_schema, b.target_name)"));
		write(indexes_file, definition("migsafe.indexes_sql(b.manifest)"));
		write(constraints_file,
			  definition(
				  "migsafe.constraints_sql(b.manifest, b.target_schema, b.target_name, false)"));
		write(foreign_keys_file,
			  definition(
				  "migsafe.constraints_sql(b.manifest, b.target_schema, b.target_name, true)"));
	}

	void write_manifest() { write(manifest_file, manifest_text(backup_, data_bytes_, files_)); }

	/* Of all files. */
	[[nodiscard]] int64 bytes() const
	{
		int64 sum = 0;

		for (const listed_file &f : files_)
			sum += static_cast<int64>(f.bytes);
		return sum;
	}

private:
	const catalog::backup_record &backup_;
	const target &copy_;
	const partial_folder &folder_;
	std::vector<listed_file> files_;
	uint64 data_bytes_ = 0;

	void write(const char *name, const std::string &text)
	{
		files_.push_back(write_file(folder_, name, text));
	}

	[[nodiscard]] std::string definition(const std::string &expression) const
	{
		catalog::session s;

		return s
			->scalar("SELECT " + expression + " FROM migsafe.backup b WHERE b.backup_id = $1",
					 {pg::value::of(backup_.backup_id)})
			.value_or("");
	}
};

/* Returns the size of all files. */
int64
export_to(const std::string &directory, const catalog::backup_record &backup)
{
	const target copy(backup_table_for_caller(backup), "backup_id", AccessShareLock);

	require_columns(backup, copy);

	partial_folder folder(directory);
	exporting work(backup, copy, folder);

	work.write_rows();
	work.write_definition();
	work.write_manifest();
	folder.publish();
	return work.bytes();
}

} // namespace

MIGSAFE_ACTION(migsafe_export_backup)
{
	const pg::arguments args(fcinfo);

	args.require(0, "backup_id");
	args.require(1, "directory");
	require_writer_of_files();
	data_reader::require_none_at_work();

	const std::string directory = directory_argument(args, 1);

	if (is_partial_name(directory))
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"directory\" is a name for unfinished exports: \"" + directory +
						  "\"")
			.hint("Pass another name.");

	const catalog::backup_record backup = catalog::find_backup(args.bigint(0));
	const int64 bytes = export_to(directory, backup);

	pg::notice("backup " + std::to_string(backup.backup_id) + " of table " +
				   backup.target.quoted() + " exported to " + directory + ": " +
				   pg::count_of(backup.row_count, "row"),
			   "To import it, here or elsewhere: SELECT * FROM migsafe.import_backup(" +
				   pg::literal(directory) + ");");
	return pg::make_record(fcinfo, {pg::value::text(directory), pg::value::of(backup.row_count),
									pg::value::of(bytes), pg::value::text(backup.fingerprint)});
}
