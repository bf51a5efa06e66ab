#include "backup/choose_backup.hpp"

namespace migsafe {
namespace {

/* Of which table it is, and how that is called today, if it has another name. */
std::string
origin_of(const catalog::backup_record &backup, Oid table)
{
	const std::string then = backup.target.quoted();
	std::string now;

	if (const char *const name = pg::call(get_rel_name, table))
	{
		/* nobody holds it: it may be dropped in between */
		const char *const schema =
			pg::call([=] { return get_namespace_name(get_rel_namespace(table)); });

		now = schema ? pg::qualified_name(schema, name) : "";
	}
	return "It is a backup of table " + then +
		   (now.empty() || now == then ? "." : ", which is called " + now + " today.");
}

} // namespace

catalog::backup_record
choose_backup(const target &t, std::optional<int64> backup_id)
{
	if (!backup_id)
	{
		const auto newest = catalog::newest_backup(t);

		if (!newest)
			throw failure(ERRCODE_UNDEFINED_OBJECT,
						  "there is no backup of table \"" + t.name() + "\"")
				.hint("Backups are made by migsafe.backup_table(), and listed in migsafe.backup. "
					  "One that a "
					  "restore took first has to be named by its backup_id.");
		return *newest;
	}

	catalog::backup_record backup = catalog::find_backup(*backup_id);

	const Oid of = backup.target.resolve();
	const bool same_name = backup.target.schema == t.schema() && backup.target.name == t.name();

	/* of a table that was dropped, and made again under its name, as well */
	if (OidIsValid(of) ? of != t.relid() : !same_name)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "backup " + std::to_string(backup.backup_id) + " is not one of table \"" +
						  t.name() + "\"")
			.detail(origin_of(backup, of))
			.hint("Backups are listed in migsafe.backup.");
	return backup;
}

} // namespace migsafe
