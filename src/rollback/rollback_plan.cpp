/*
 * rollback_plan.cpp
 *		migsafe.rollback_plan: what a rollback would do, row by row.
 */
#include "jsonb/diff.hpp"
#include "jsonb/sql_host.hpp"
#include "pg/settings.hpp"
#include "pg/value.hpp"
#include "rollback/entry_key.hpp"
#include "rollback/newer_rows.hpp"
#include "rollback/rollback_failure.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/rolling_back.hpp"
#include "table/row_text.hpp"

using namespace migsafe;

namespace {

using pg::value;

constexpr terms_positions positions{1, 2, 3, 4, 5, 6};

/* From the one document to the other, as a JSON Patch. */
value
patch_between(const value &before, const value &after)
{
	const jsonb::server_host server;
	jsonb::arena memory;
	jsonb::tree tree(memory, server);

	return {jsonb::to_datum(jsonb::diff(tree, jsonb::root_of(DatumGetJsonbP(before.datum)),
										jsonb::root_of(DatumGetJsonbP(after.datum))),
							1024, server),
			JSONBOID, false};
}

class plan_rows : public outcome_observer
{
public:
	plan_rows(pg::result_set &out, const rolling_back &work) : out_(out), source_(work.source()) {}

	void met(const undo_entry &entry, TupleTableSlot *now, TupleTableSlot *after,
			 const resolution &found) override
	{
		const std::vector<AttrNumber> columns = changed_columns(entry);
		const value is =
			now ? value::json(row_json(source_.of(), now, columns)) : value::none(JSONBOID);

		out_.add({value::json(key_of(source_, entry)),
				  value::text(std::string(outcome_name(found.what))), reason_of(found),
				  value::json(old_values(entry)), is,
				  after ? patch_between(is, value::json(row_json(source_.of(), after, columns)))
						: value::none(JSONBOID)});
	}

	/* A row that no entry is about. */
	void newer(TupleTableSlot *row)
	{
		out_.add(
			{value::json(key_json(source_.of(), source_.key(), row)),
			 value::text(std::string("newer")),
			 value::text(std::string("inserted, or given its key, since the run; or left alone "
									 "by it and changed since")),
			 value::none(JSONBOID), value::json(row_json(source_.of(), row)),
			 value::none(JSONBOID)});
	}

private:
	pg::result_set &out_;
	const undo_source &source_;

	[[nodiscard]] std::vector<AttrNumber> changed_columns(const undo_entry &entry) const
	{
		std::vector<AttrNumber> columns;

		for (const undo_mapping &m : source_.mappings())
		{
			if (m.wanted && m.now && entry.has_changed(m))
				columns.push_back(m.now->attnum);
		}
		return columns;
	}

	[[nodiscard]] std::string old_values(const undo_entry &entry) const
	{
		std::vector<named_value> before;

		for (const undo_mapping &m : source_.mappings())
		{
			if (m.wanted && m.now && entry.has_changed(m))
				before.push_back({m.now->name, m.now->type, entry.old_value(m), entry.old_null(m)});
		}
		return fields_json(before, source_.of().owner());
	}

	[[nodiscard]] static value reason_of(const resolution &found)
	{
		const std::string reason = text_of(found.obstacles);

		return reason.empty() ? value::none(TEXTOID) : value::text(reason);
	}
};

Datum
plan(FunctionCallInfo fcinfo, const catalog::run_record &run, const pg::arguments &args)
{
	const pg::local_settings none_stay; /* that a function in "rows" makes */
	const rollback_terms terms = read_terms(args, positions);
	const target t(target_of(run), "run_id", AccessShareLock);

	t.require_readable();
	require_standing(run, rollback_mode::dry_run);

	pg::result_set out(fcinfo);
	rolling_back work(t, run, terms);
	plan_rows rows(out, work);

	work.rehearse(&rows);
	notice_of_nothing(run.run_id, terms, work.counts().rows);
	if (!terms.is_partial())
		each_newer_row(work.source(), [&](TupleTableSlot *row) { rows.newer(row); });
	return 0;
}

} // namespace

MIGSAFE_FUNCTION(migsafe_rollback_plan)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");
	return plan(fcinfo, catalog::find_run(args.bigint(0)), args);
}

MIGSAFE_FUNCTION(migsafe_rollback_plan_by_name)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");
	return plan(fcinfo, find_run_named(args.string(0)), args);
}
