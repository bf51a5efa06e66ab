#include "online/rows_to_visit.hpp"

#include "catalog/deferred_row.hpp"
#include "catalog/run_meter.hpp"
#include "catalog/run_part.hpp"
#include "online/target_now.hpp"
#include "pg/snapshot.hpp"
#include "rollback/rollback_request.hpp"
#include "run/undo_fields.hpp"
#include "table/pairing.hpp"
#include "table/row_key.hpp"
#include "table/seen_transactions.hpp"

namespace migsafe::online {
namespace {

constexpr int parts_per_worker = 4; /* so that the last ones end at about the same time */

/* The columns that the transform sets, of those that are there. */
std::vector<AttrNumber>
transformed(const target &t, int64 run_id)
{
	std::vector<AttrNumber> columns;

	for (const std::string &name : catalog::transformed_columns(run_id))
	{
		if (const column *const c = t.find(name))
			columns.push_back(c->attnum);
	}
	return columns;
}

} // namespace

void
plan_transform(const run_context &context)
{
	const int64 run_id = context.run.run_id;
	const target t(target_of(context.run), "run_id", AccessShareLock);
	const std::string seen = seen_transactions();
	const pg::registered_snapshot snapshot;
	const pg::active_snapshot active(snapshot.get());
	const row_key key(t, key_now(t, context.run, transformed(t, run_id)));
	const auto last = key.last();
	std::vector<key_text> bounds;

	if (last && context.online.workers > 1)
		bounds = key.divide(context.online.workers * parts_per_worker);
	catalog::insert_parts(run_id, bounds, last, seen,
						  static_cast<double>(catalog::estimated_rows(t)), t.leaf_ids());
}

int64
find_fresh_rows(const run_context &context)
{
	const target t(target_of(context.run), "run_id", AccessShareLock);
	const pg::relation undo = open_undo_log(context.run);

	require_same_owner(t, undo.get());

	const pg::registered_snapshot snapshot;
	const pg::active_snapshot active(snapshot.get());
	const int64 run_id = context.run.run_id;
	const row_key key(t, key_now(t, context.run, transformed(t, run_id)));
	int64 found = 0;

	key.each_since(*context.online.began_in, context.online.tables,
				   pg::qualified_name(*context.run.undo_schema, *context.run.undo_name),
				   [&](const key_text &fresh) {
					   found++;
					   if (context.online.sweep)
						   catalog::defer(run_id, fresh, "new");
				   });
	return found;
}

} // namespace migsafe::online
