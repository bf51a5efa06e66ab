/*
 * row_log.cpp
 *		migsafe.row_log: what became of each row of a run.
 */
#include "catalog/session.hpp"
#include "pg/rights.hpp"
#include "run/undo_fields.hpp"
#include "table/pairing.hpp"

#include <algorithm>

using namespace migsafe;

namespace {

/* Copy what a query gives, all of whose columns are those of the result. */
void
copy_rows(pg::result_set &out, const std::string &sql, const std::vector<pg::value> &values)
{
	pg::spi_session spi;

	for (pg::cursor rows(sql, values); rows.next();)
		out.add(rows.tuple(), rows.descriptor());
}

class row_log
{
public:
	row_log(const catalog::run_record &run, Oid undo)
		: run_(run), fields_(undo_fields(run)), undo_(undo),
		  has_key_(std::any_of(fields_.begin(), fields_.end(),
							   [](const undo_field &f) { return f.is_key; })),
		  table_(pg::qualified_name(*run.undo_schema, *run.undo_name))
	{
	}

	void successes(pg::result_set &out) const
	{
		const pg::elevated rights(undo_owner());

		copy_rows(out,
				  "SELECT 'SUCCESS'::text, " + undo_key() +
					  ", NULL::text, NULL::text, NULL::text, " + old_values() + " FROM " + table_ +
					  " u ORDER BY u.seq",
				  {});
	}

	void errors(pg::result_set &out) const
	{
		const pg::elevated rights(catalog::owner());

		copy_rows(out,
				  "SELECT 'ERROR'::text, key, sqlstate, message, detail, row_before"
				  " FROM migsafe.row_error WHERE run_id = $1 ORDER BY error_no",
				  {pg::value::of(run_.run_id)});
	}

	/* What the target holds now and the run neither wrote nor failed at. */
	void skipped(pg::result_set &out, const target &t) const
	{
		const pg::elevated rights(undo_owner());

		if (!has_key_)
			throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "the skipped rows of table \"" + t.name() + "\" cannot be told apart")
				.detail("The table has no key.")
				.hint("Their number is in migsafe.run_commit, by reason.");

		const std::string key = object_of_key("t.", [](const undo_field &f) { return f.name; });

		copy_rows(out,
				  "SELECT 'SKIPPED'::text, " + key +
					  ", NULL::text, NULL::text, NULL::text, NULL::jsonb FROM " + t.quoted() +
					  " t WHERE " + key + " NOT IN (SELECT " + undo_key() + " FROM " + table_ +
					  " u) AND " + key +
					  " NOT IN (SELECT e.key FROM migsafe.row_error e WHERE e.run_id = $1)",
				  {pg::value::of(run_.run_id)});
	}

private:
	const catalog::run_record &run_;
	const std::vector<undo_field> fields_;
	const Oid undo_;
	const bool has_key_;
	const std::string table_;

	Oid undo_owner() const { return pg::relation(undo_, AccessShareLock)->rd_rel->relowner; }

	/* jsonb_build_object of the key's columns, each as named by name(field) behind prefix. */
	template <typename Name>
	std::string object_of_key(const std::string &prefix, Name name) const
	{
		std::string members;

		for (const undo_field &f : fields_)
		{
			if (f.is_key)
				members += (members.empty() ? "" : ", ") + pg::literal(f.name) + ", " + prefix +
						   pg::identifier(name(f));
		}
		return "jsonb_build_object(" + members + ")";
	}

	std::string undo_key() const
	{
		return has_key_ ? object_of_key(
							  "u.",
							  [](const undo_field &f) { return "key_" + std::to_string(f.number); })
						: "jsonb_build_object('seq', u.seq)";
	}

	std::string old_values() const
	{
		std::string rows;

		for (const undo_field &f : fields_)
		{
			const std::string n = std::to_string(f.number);

			rows += (rows.empty() ? "" : ", ") + std::string("(") + pg::literal(f.name) +
					", to_jsonb(u.old_" + n + "), get_bit(u.changed, " +
					std::to_string(f.number - 1) + ") = 1)";
		}
		return "(SELECT jsonb_object_agg(v.name, v.old) FROM (VALUES " + rows +
			   ") v (name, old, changed) WHERE v.changed)";
	}
};

} // namespace

MIGSAFE_FUNCTION(migsafe_row_log)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");
	args.require(1, "include_skipped");

	const catalog::run_record run = catalog::find_run(args.bigint(0));
	const Oid undo = undo_table(run);
	const Oid target_oid = run.target.resolve();

	if (!pg::call([=] {
			return (OidIsValid(target_oid) &&
					pg_class_aclcheck(target_oid, GetUserId(), ACL_SELECT) == ACLCHECK_OK) ||
				   pg_class_ownercheck(undo, GetUserId());
		}))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for the log of run " + std::to_string(run.run_id))
			.detail("It holds rows of table " + run.target.quoted() + ".")
			.hint("The SELECT privilege on that table is needed.");

	pg::result_set out(fcinfo);
	const row_log log(run, undo);

	log.successes(out);
	log.errors(out);
	if (args.boolean(1))
	{
		const target t(target_oid, "run_id", AccessShareLock);

		t.require_readable();
		log.skipped(out, t);
	}
	return 0;
}
