#include "backup/new_backup.hpp"

#include "catalog/private_table.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "table/column_sql.hpp"

namespace migsafe {
namespace {

std::string
column_list(const target &t)
{
	std::string list;

	for (const column &c : t.columns())
		list += (list.empty() ? "" : ", ") + pg::identifier(c.name) + " " + storage_type(c);
	return list;
}

} // namespace

new_backup::new_backup(const target &t, const backup_place &place, catalog::backup_record asked)
	: record_(std::move(asked))
{
	require_place(t, place);
	record_.target = catalog::target_record::of(t);
	record_.name = free_backup_name(t, place.schema);
	table_ = catalog::create_private_table(t, place.schema, record_.name, column_list(t));
	record_.schema = pg::call([this] { return get_namespace_name(get_rel_namespace(table_)); });
}

catalog::backup_record
new_backup::finish(const content_summary &content, const catalog::seen_runs &seen)
{
	pg::fault_point("backup");
	if (summarize_now(table_) != content)
		throw failure(ERRCODE_DATA_CORRUPTED,
					  "the backup differs from table \"" + record_.target.name + "\"")
			.detail("Its row count or its fingerprint is another.")
			.hint("Nothing was kept. Check the storage of this server.");

	record_.runs_seen = seen.of_target;
	record_.related_runs_seen = seen.of_related;
	record_.row_count = content.rows;
	record_.fingerprint = content.fingerprint;
	record_.fingerprint_version = fingerprint_version;
	record_.bytes = DatumGetInt64(
		pg::call([this] { return DirectFunctionCall1(pg_total_relation_size, table_); }));
	record_.backup_id = catalog::insert(record_);
	return record_;
}

std::string
summary_of(const catalog::backup_record &backup)
{
	return backup.quoted() + ", " + pg::count_of(backup.row_count, "row") + ", " +
		   pg::size_text(backup.bytes) + ", verified";
}

void
announce(const catalog::backup_record &backup)
{
	const std::string id = std::to_string(backup.backup_id);

	pg::notice("backup " + id + " of table " + backup.target.quoted() + ": " + summary_of(backup),
			   "To verify it again: SELECT * FROM migsafe.verify_backup(" + id +
				   "); to restore from it: SELECT * FROM migsafe.restore(" +
				   pg::literal(backup.target.quoted()) + ", " + id + ");");
}

std::vector<pg::value>
result_of(const catalog::backup_record &backup)
{
	return {pg::value::of(backup.backup_id), pg::value::text(backup.quoted()),
			pg::value::of(backup.row_count), pg::value::of(backup.bytes),
			pg::value::text(backup.fingerprint)};
}

} // namespace migsafe
