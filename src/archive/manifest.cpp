#include "archive/manifest.hpp"

#include "archive/sha256.hpp"
#include "catalog/session.hpp"
#include "pg/value.hpp"

namespace migsafe::archive {
namespace {

using pg::value;

/* How the text ends, after body. */
std::string
seal(std::string_view body)
{
	return ",\n    \"manifest_sha256\": \"" + sha256_of(body) + "\"\n}\n";
}

value
json_of(const std::vector<listed_file> &files)
{
	std::string json;

	for (const listed_file &f : files)
		json += (json.empty() ? "[" : ", ") + ("{\"name\": " + pg::json_string(f.name)) +
				", \"bytes\": " + std::to_string(f.bytes) +
				", \"sha256\": " + pg::json_string(f.sha256) + "}";
	return value::json(json + "]");
}

failure
damaged(const std::string &path, const std::string &detail)
{
	return failure(ERRCODE_DATA_CORRUPTED, "file \"" + path + "\" is damaged")
		.detail(detail)
		.hint("Nothing was imported. Copy the export anew.");
}

/* The text without its seal. */
std::string
unsealed(const std::string &text, const std::string &path)
{
	const size_t length = seal({}).size();

	if (text.size() < length || text.substr(text.size() - length) !=
									seal(std::string_view(text).substr(0, text.size() - length)))
		throw damaged(path, "Its last member is not the SHA-256 of what stands before it.");
	if (!pg::call([&] { return pg_verifymbstr(text.data(), static_cast<int>(text.size()), true); }))
		throw failure(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
					  "file \"" + path + "\" is no text in the encoding of this database")
			.hint("Import it into a database with the encoding of that which it was exported "
				  "from.");
	return text.substr(0, text.size() - length) + "\n}\n";
}

/* The only row of a query of what it takes, where the wrong kind of content is an error of class 22. */
pg::text_row
ask(const char *sql, const std::string &json, const std::string &path)
{
	catalog::session s;

	pg::text_row row =
		pg::translate_errors([&] { return s->query(sql, {value::text(json)}); },
							 [&](const pg::pg_error &e) {
								 if (ERRCODE_TO_CATEGORY(e.sqlstate()) !=
									 ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION))
									 throw e;
								 return damaged(path,
												std::string("It is not what an export writes: ") +
													e.what() + ".");
							 })
			.at(0);

	return row;
}

/* What must be there. */
const std::string &
present(const std::optional<std::string> &member, const std::string &path)
{
	if (!member)
		throw damaged(path, "It lacks what an export writes.");
	return *member;
}

void
require_version(const std::string &json, const std::string &path)
{
	const pg::text_row row = ask("SELECT ($1::jsonb->>'migsafe_export')::bigint", json, path);
	const std::string &version = present(row[0], path);

	if (version != std::to_string(format_version))
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "file \"" + path + "\" is of the unknown version " + version)
			.detail("This migsafe reads version " + std::to_string(format_version) + ".")
			.hint("Import it with the migsafe that it was exported with, or a later one.");
}

std::vector<listed_file>
files_of(const std::string &json, const std::string &path)
{
	std::vector<listed_file> files;
	const pg::text_row counted = ask("SELECT jsonb_array_length($1::jsonb->'files')", json, path);
	const int count = std::stoi(present(counted[0], path));

	for (int i = 0; i < count && i <= static_cast<int>(std::size(listed_files)); i++)
	{
		const std::string file = "($1::jsonb->'files'->" + std::to_string(i) + ")";
		const pg::text_row row = ask(("SELECT " + file + "->>'name', (" + file +
									  "->>'bytes')::bigint, " + file + "->>'sha256'")
										 .c_str(),
									 json, path);

		files.push_back(
			{present(row[0], path), std::stoull(present(row[1], path)), present(row[2], path)});
	}
	return files;
}

} // namespace

std::string
manifest_text(const catalog::backup_record &backup, uint64 data_bytes,
			  const std::vector<listed_file> &files)
{
	catalog::session s;
	std::string text = *s->scalar(
		"SELECT jsonb_pretty(jsonb_build_object('migsafe_export', $2, 'encoding',"
		" getdatabaseencoding(), 'server_version', current_setting('server_version'),"
		" 'database', current_database(), 'exported_at', clock_timestamp(),"
		" 'backup', jsonb_build_object('backup_id', b.backup_id, 'label', b.label,"
		"  'created_at', b.created_at, 'created_by', b.created_by, 'runs_seen', b.runs_seen,"
		"  'backup_set', b.backup_set),"
		" 'source', jsonb_build_object('schema', b.target_schema, 'name', b.target_name,"
		"  'owner', b.target_owner, 'oid', b.target_oid::bigint,"
		"  'system_identifier', b.system_identifier::text,"
		"  'extension_oid', b.extension_oid::bigint),"
		" 'row_count', b.row_count, 'fingerprint', b.fingerprint,"
		" 'fingerprint_version', b.fingerprint_version, 'data_bytes', $3,"
		" 'definition', b.manifest, 'files', $4))"
		" FROM migsafe.backup b WHERE b.backup_id = $1",
		{value::of(backup.backup_id), value::of(format_version),
		 value::of(static_cast<int64>(data_bytes)), json_of(files)});

	text.resize(text.size() - 2); /* a line break and the closing brace */
	return text + seal(text);
}

manifest
parse_manifest(const std::string &text, const std::string &path)
{
	const std::string json = unsealed(text, path);

	require_version(json, path);

	const pg::text_row row =
		ask("SELECT m->>'encoding', m#>>'{source,schema}', m#>>'{source,name}',"
			" (m->>'row_count')::bigint, m->>'fingerprint', (m->>'fingerprint_version')::int,"
			" (m->>'data_bytes')::bigint, m#>>'{backup,label}', (m->'definition')::text,"
			" coalesce((SELECT array_agg(r::bigint) FROM"
			"  jsonb_array_elements_text(m#>'{backup,runs_seen}') r), '{}')::text,"
			" (m#>>'{source,oid}')::oid, (m#>>'{source,system_identifier}')::bigint,"
			" (m#>>'{source,extension_oid}')::oid,"
			" jsonb_build_object('backup_id', (m#>>'{backup,backup_id}')::bigint,"
			"  'backup_set', (m#>>'{backup,backup_set}')::bigint,"
			"  'system_identifier', m#>'{source,system_identifier}',"
			"  'extension_oid', m#>'{source,extension_oid}')::text,"
			" (SELECT to_jsonb(a)#>>'{}' FROM"
			"  (SELECT (m#>>'{backup,created_at}')::timestamptz) t (a) WHERE isfinite(a)),"
			" m#>>'{backup,backup_set}' IS NOT NULL"
			" FROM (SELECT $1::jsonb) x (m)",
			json, path);
	const auto member = [&](size_t i) -> const std::string & { return present(row[i], path); };

	if (const std::string &version = member(5); version != std::to_string(fingerprint_version))
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "file \"" + path + "\" has a fingerprint of the unknown version " + version)
			.hint("Import it with the migsafe that it was exported with, or a later one.");

	manifest m;

	m.encoding = member(0);
	m.schema = member(1);
	m.name = member(2);
	m.content = {std::stoll(member(3)), member(4)};
	m.data_bytes = std::stoull(member(6));
	m.label = row[7];
	m.definition = member(8);
	m.runs_seen = member(9);
	m.oid = static_cast<Oid>(std::stoul(member(10)));
	m.system_identifier = std::stoll(member(11));
	m.extension_oid = static_cast<Oid>(std::stoul(member(12)));
	m.origin = {member(13), member(14)};
	m.of_set = member(15) == "t";
	m.files = files_of(json, path);
	return m;
}

} // namespace migsafe::archive
