#include "rollback/stuck_rollback.hpp"

#include "catalog/unfinished_rollback.hpp"
#include "pg/rights.hpp"
#include "pg/spi.hpp"
#include "rollback/entry_sql.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/undo_entry.hpp"
#include "table/pairing.hpp"

#include <algorithm>

namespace migsafe {
namespace {

bool
has_no_place(const target &t, Oid undo, const undo_field &f)
{
	return std::any_of(t.columns().begin(), t.columns().end(), [&](const column &c) {
		return c.attnum == f.number && !has_place(undo, c);
	});
}

/* Has an entry to give the column back? */
bool
is_in_use(const target &t, const catalog::run_record &of, const undo_mapping &m)
{
	const pg::elevated rights(t.owner());
	pg::spi_session spi;

	return spi
		.scalar("SELECT true FROM ONLY " + pg::qualified_name(*of.undo_schema, *of.undo_name) +
					" o WHERE " + has_changed_sql("o", m.bit + 1) + " LIMIT 1",
				{})
		.has_value();
}

bool
is_named(const rollback_terms &terms, const std::string &name)
{
	return terms.columns.empty() ||
		   std::find(terms.columns.begin(), terms.columns.end(), name) != terms.columns.end();
}

} // namespace

bool
is_stuck(const catalog::run_record &rollback)
{
	const auto undo = find_undo_table(rollback);
	const Oid table = rollback.target.resolve();

	if (!undo)
		return true;
	if (!OidIsValid(table) || !rollback.target.was_recorded_here())
		return false; /* that is another matter, which is told elsewhere */

	const target t(table, "run_id", AccessShareLock);
	const catalog::run_record of = catalog::find_run(*rollback.rollback_of);
	const pg::relation of_undo = open_undo_log(of);
	const rollback_terms terms = terms_from_json(rollback.terms);
	const std::vector<undo_field> fields = undo_fields(rollback);
	const std::vector<undo_mapping> mappings = map_undo_columns(t, of, of_undo.get(), {});

	require_same_owner(t, of_undo.get());
	return std::any_of(fields.begin(), fields.end(),
					   [&](const undo_field &f) { return has_no_place(t, *undo, f); }) ||
		   std::any_of(mappings.begin(), mappings.end(), [&](const undo_mapping &m) {
			   return !(m.now && has_place(*undo, *m.now)) && is_named(terms, m.name) &&
					  is_in_use(t, of, m);
		   });
}

void
require_no_other_rollback(int64 run_id)
{
	for (const catalog::unfinished_rollback &found : catalog::unfinished_rollbacks(run_id))
	{
		if (!is_stuck(catalog::find_run(found.run_id)))
			throw found.in_the_way_of("run " + std::to_string(run_id));
	}
}

} // namespace migsafe
