/*
 * row_log.cpp
 *		migsafe.row_log: what became of each row of a run.
 */
#include "catalog/session.hpp"
#include "pg/rights.hpp"
#include "run/undo_fields.hpp"
#include "table/pairing.hpp"
#include "table/row_text.hpp"
#include "table/row_writer.hpp"

#include <algorithm>
#include <set>

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
		if (!has_key_)
			throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "the skipped rows of table \"" + t.name() + "\" cannot be told apart")
				.detail("The table has no key.")
				.hint("Their number is in migsafe.run_commit, by reason.");

		const std::set<std::string> failed = failed_keys();
		const std::vector<AttrNumber> key = key_now(t);
		row_writer reader(t, triggers::only_constraints, {});
		row_pairs pairs(catalog::owner(), t, key, counterpart_of_undo(), row_pairs::join::full);

		pg::call([&] { reader.begin_reading(); });
		while (pairs.next())
		{
			if (pairs.has_other())
				continue;

			const pg::value row_key = pg::value::json(key_of(t, reader, pairs, key));

			if (failed.count(pg::jsonb_text(DatumGetJsonbP(row_key.datum))) == 0)
				out.add({pg::value::text(std::string("SKIPPED")), row_key, pg::value::none(TEXTOID),
						 pg::value::none(TEXTOID), pg::value::none(TEXTOID),
						 pg::value::none(JSONBOID)});
		}
		pg::call([&] { reader.finish_reading(); });
	}

private:
	const catalog::run_record &run_;
	const std::vector<undo_field> fields_;
	const Oid undo_;
	const bool has_key_;
	const std::string table_;

	Oid undo_owner() const { return pg::relation(undo_, AccessShareLock)->rd_rel->relowner; }

	std::set<std::string> failed_keys() const
	{
		catalog::session s;
		std::set<std::string> keys;

		for (const pg::text_row &row :
			 s->query("SELECT key FROM migsafe.row_error WHERE run_id = $1",
					  {pg::value::of(run_.run_id)}))
			keys.insert(*row[0]);
		return keys;
	}

	std::vector<AttrNumber> key_now(const target &t) const
	{
		std::vector<AttrNumber> key;

		for (const undo_field &f : fields_)
		{
			const column *const now = f.is_key ? t.find(f.name) : nullptr;

			if (f.is_key && now == nullptr)
				throw failure(ERRCODE_UNDEFINED_COLUMN, "key column \"" + f.name +
															"\" of table \"" + t.name() +
															"\" does not exist any more")
					.hint("Leave include_skipped out.");
			if (now)
				key.push_back(now->attnum);
		}
		return key;
	}

	counterpart counterpart_of_undo() const
	{
		counterpart other;

		other.relation = table_;
		for (const undo_field &f : fields_)
		{
			if (f.is_key)
				other.keys.push_back("key_" + std::to_string(f.number));
		}
		return other;
	}

	static std::string key_of(const target &t, row_writer &reader, const row_pairs &pair,
							  const std::vector<AttrNumber> &key)
	{
		TupleTableSlot *const row = pg::call([&] {
			ItemPointerData tid = pair.row();

			return reader.old_in_target_layout(pair.leaf_no(),
											   reader.fetch_any(pair.leaf_no(), &tid));
		});

		return key_json(t, key, row);
	}

	std::string undo_key() const
	{
		std::string members;

		for (const undo_field &f : fields_)
		{
			if (f.is_key)
				members += (members.empty() ? "" : ", ") + pg::literal(f.name) + ", u.key_" +
						   std::to_string(f.number);
		}
		return members.empty() ? "jsonb_build_object('seq', u.seq)"
							   : "jsonb_build_object(" + members + ")";
	}

	std::string old_values() const
	{
		std::string rows;

		for (const undo_field &f : fields_)
		{
			const std::string n = std::to_string(f.number);

			rows += (rows.empty() ? "" : ", ") + std::string("(") + pg::literal(f.name) +
					", to_jsonb(u.old_" + n + (f.type == "json" ? "::text" : "") +
					"), get_bit(u.changed, " + std::to_string(f.number - 1) + ") = 1)";
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

	if (!run.target.caller_may_read() &&
		!pg::call([=] { return pg_class_ownercheck(undo, GetUserId()); }))
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
		const target t(run.target.resolve(), "run_id", AccessShareLock);

		t.require_readable();
		log.skipped(out, t);
	}
	return 0;
}
