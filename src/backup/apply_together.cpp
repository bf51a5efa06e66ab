#include "backup/apply_together.hpp"

#include "backup/backup_set.hpp"
#include "pg/fault.hpp"
#include "pg/transaction.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/*
 * Server code.  No table has to come before another: foreign keys are checked when all
 * is written.  at_work: the table whose row is being written, for who finds that it failed.
 */
void
write_all(const std::vector<metered_restoration> &tables, row_writer *const *writers,
		  restoration *&at_work)
{
	row_writer::begin_together(writers, tables.size());
	for (const metered_restoration &r : tables)
	{
		at_work = r.table;
		r.table->write(*r.meter);
	}
	at_work = nullptr;
	row_writer::finish_together(writers, tables.size());
	CommandCounterIncrement();
}

/* Do rows that come back lack what they refer to?  Else rows of other tables refer to what is to go. */
bool
lacks_referenced(const pg::row_failure &problem, const std::vector<metered_restoration> &tables)
{
	const Oid referring = pg::call([&] {
		return get_relname_relid(problem.table.c_str(),
								 get_namespace_oid(problem.schema.c_str(), true));
	});

	return std::any_of(tables.begin(), tables.end(), [=](const metered_restoration &r) {
		const std::vector<Oid> leaves = r.table->table().leaf_ids();

		return std::find(leaves.begin(), leaves.end(), referring) != leaves.end();
	});
}

/* What is to be done about foreign keys that do not admit it. */
std::string
way_on(const pg::row_failure &problem, const std::vector<metered_restoration> &tables)
{
	const restoration &first = *tables.front().table;
	const auto set = first.backup().backup_set;
	const auto all = set ? catalog::backups_of_set(*set) : std::vector<catalog::backup_record>();
	const std::string keep =
		lacks_referenced(problem, tables)
			? "Rows that the backup holds refer to rows that are not there: put those back first. "
		: first.exact() ? "With mode => 'keep_new' no row is deleted. "
						: "";

	return keep + (all.size() > tables.size()
					   ? "The backup is one of a set: " + restore_call_of_set(all)
					   : "Tables that refer to one another are put back together, from a set of "
						 "backups, by migsafe.restore_tables().");
}

failure
refused(const pg::row_failure &problem, const std::vector<metered_restoration> &tables)
{
	return failure(problem.sqlstate, problem.message)
		.detail(problem.detail)
		.hint("Nothing was changed. " +
			  (problem.sqlstate == ERRCODE_FOREIGN_KEY_VIOLATION
				   ? way_on(problem, tables)
				   : "Rows of other tables, or constraints made since, do not admit what the "
					 "backup holds."));
}

} // namespace

void
apply_together(const std::vector<metered_restoration> &tables)
{
	std::vector<row_writer *> writers;

	for (const metered_restoration &r : tables)
	{
		writers.push_back(&r.table->writer());
		r.meter->enter("restoring");
	}
	for (;;)
	{
		restoration *at_work = nullptr;
		row_writer *const *const first = writers.data();
		const auto problem = pg::attempt(pg::subtransaction::access::read_write, [&] {
			pg::fault_point("restore");
			pg::call([&] { write_all(tables, first, at_work); });
		});

		if (!problem)
			return;

		const bool values_in_the_way = problem->sqlstate == ERRCODE_UNIQUE_VIOLATION ||
									   problem->sqlstate == ERRCODE_EXCLUSION_VIOLATION;

		if (values_in_the_way && at_work != nullptr && at_work->replace_changed())
			continue;
		throw refused(*problem, tables);
	}
}

} // namespace migsafe
