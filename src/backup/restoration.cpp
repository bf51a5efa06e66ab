#include "backup/restoration.hpp"

#include "backup/backup_access.hpp"
#include "backup/restorable.hpp"
#include "catalog/session.hpp"
#include "pg/fault.hpp"

namespace migsafe {

restoration::restoration(const target &t, const catalog::backup_record &backup, bool exact)
	: target_(t), backup_(backup), exact_(exact), key_(t.key({})),
	  copy_(backup_table_for_caller(backup), AccessShareLock), rows_(t, copy_.get())
{
}

void
restoration::check_backup() const
{
	require_restorable(target_, backup_, copy_.get());
}

void
restoration::plan(action_list &list)
{
	row_pairs pairs(target_, key_, counterpart_of_backup(), copy_.get(), row_pairs::join::full);

	pg::call([this] { rows_.writer().begin_reading(); });
	while (pairs.next())
	{
		if (!pairs.has_other())
		{
			if (exact_)
				list.add(action::remove, pairs);
		}
		else if (!pairs.has_target())
			list.add(action::insert, pairs);
		else if (rows_.differs(pairs))
			list.add(action::change, pairs);
	}
	pg::call([this] { rows_.writer().finish_reading(); });
}

/*
 * First what is to go, then what changes, then what comes.  Where rows have
 * exchanged unique values, changing them one by one cannot work: then all
 * that change go first, and come again.
 */
void
restoration::apply(action_list &list, catalog::run_meter &meter)
{
	meter_ = &meter;
	meter.enter("restoring");

	auto problem = try_to_apply(list);

	if (problem && !references_follow_updates() &&
		(problem->sqlstate == ERRCODE_UNIQUE_VIOLATION ||
		 problem->sqlstate == ERRCODE_EXCLUSION_VIOLATION))
	{
		replace_changed_ = true;
		problem = try_to_apply(list);
	}
	if (problem)
		throw failure(problem->sqlstate, problem->message)
			.detail(problem->detail)
			.hint("Nothing was changed. Rows of other tables, or constraints made since, do not "
				  "admit what the backup holds.");
}

/* The proof: the same content; or, where new rows are kept, nothing left to do. */
void
restoration::prove(const content_summary &now)
{
	if (exact_ ? now == content_summary{backup_.row_count, backup_.fingerprint} : nothing_left())
		return;
	throw failure(ERRCODE_DATA_CORRUPTED, "table \"" + target_.name() + "\" is not as backup " +
											  std::to_string(backup_.backup_id) +
											  " has it after all")
		.detail("A generated column or a constraint trigger gives other values than before.")
		.hint("Nothing was changed. Compare the table's definition with the backup's manifest.");
}

counterpart
restoration::counterpart_of_backup() const
{
	counterpart other;

	other.relation = backup_.quoted();
	for (AttrNumber attnum : key_)
		other.keys.push_back(pg::identifier(target_.at(attnum).name));
	other.row_columns = hashed_columns(target_);
	other.row_hash = row_hash_sql(target_, other.row_columns, "o");
	return other;
}

/* Would other tables follow an update, but not a row that goes and comes again? */
bool
restoration::references_follow_updates() const
{
	catalog::session s;

	return !s->query("SELECT 1 FROM pg_constraint c WHERE c.confrelid = $1 AND c.contype = 'f'"
					 " AND c.confupdtype IN ('c', 'n', 'd') LIMIT 1",
					 {pg::value::of_oid(target_.relid())})
				.empty();
}

std::optional<pg::row_failure>
restoration::try_to_apply(action_list &list)
{
	performed_ = 0;
	return pg::attempt(pg::subtransaction::access::read_write, [&, this] {
		pg::fault_point("restore");
		pg::call([&, this] {
			rows_.writer().begin();
			for (const action step : {action::remove, action::change, action::insert})
				perform_step(list, step);
			rows_.writer().finish();
			CommandCounterIncrement();
		});
	});
}

/* Server code. */
void
restoration::perform_step(action_list &list, action step)
{
	list.rewind();
	while (list.next())
	{
		action what = list.what();

		CHECK_FOR_INTERRUPTS();
		if (what == action::change && replace_changed_ && step != action::change)
			what = step; /* gone in the first step, back in the last */
		else if (what == action::change && replace_changed_)
			continue;
		if (what == step)
		{
			performed_++;
			rows_.perform(list, what);
		}
		meter_->tick();
	}
}

bool
restoration::nothing_left()
{
	action_list rest;

	plan(rest);
	rest.close();
	return rest.count(action::change) + rest.count(action::insert) == 0;
}

} // namespace migsafe
