#include "backup/restoration.hpp"

#include "backup/backup_access.hpp"
#include "backup/fingerprint.hpp"
#include "backup/restorable.hpp"
#include "catalog/session.hpp"

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

	rows_left_ = 0;
	pg::call([this] { writer().begin_reading(); });
	while (pairs.next())
	{
		if (!pairs.has_other())
		{
			if (exact_)
				list.add(action::remove, pairs);
			else
				rows_left_++;
		}
		else if (!pairs.has_target())
			list.add(action::insert, pairs);
		else if (rows_.differs(pairs))
			list.add(action::change, pairs);
	}
	pg::call([this] { writer().finish_reading(); });
}

int64
restoration::count() const
{
	return count(action::change) + count(action::insert) + count(action::remove);
}

void
restoration::require_domains()
{
	if (!rows_.has_domains())
		return;
	pg::call([this] {
		writer().begin_reading();
		list_.rewind();
	});
	while (pg::call([this] { return list_.next(); }))
	{
		pg::check_for_interrupts();
		if (list_.what() != action::remove)
			rows_.require_domains(list_, key_);
	}
	pg::call([this] { writer().finish_reading(); });
}

/* First what is to go, then what changes, then what comes. */
void
restoration::write(catalog::run_meter &meter)
{
	performed_ = 0;
	for (const action step : {action::remove, action::change, action::insert})
		perform_step(step, meter);
}

/* Server code. */
void
restoration::perform_step(action step, catalog::run_meter &meter)
{
	list_.rewind();
	while (list_.next())
	{
		action what = list_.what();

		CHECK_FOR_INTERRUPTS();
		if (what == action::change && replace_changed_ && step != action::change)
			what = step; /* gone in the first step, back in the last */
		else if (what == action::change && replace_changed_)
			continue;
		if (what == step)
		{
			performed_++;
			rows_.perform(list_, what);
		}
		meter.tick();
	}
}

void
restoration::restored_with(const std::vector<Oid> &tables)
{
	restored_with_ = tables;
	writer().leave_alone(tables);
}

bool
restoration::replace_changed()
{
	if (replace_changed_ || references_follow_updates())
		return false;
	replace_changed_ = true;
	return true;
}

bool
restoration::references_follow_updates() const
{
	catalog::session s;

	return !s->query("SELECT 1 FROM pg_constraint c WHERE c.confrelid = $1 AND c.contype = 'f'"
					 " AND c.confupdtype IN ('c', 'n', 'd') AND c.conrelid <> ALL ($2)"
					 " AND NOT EXISTS (SELECT FROM pg_partition_ancestors(c.conrelid) p"
					 " WHERE p.relid = ANY ($2)) LIMIT 1",
					 {pg::value::of_oid(target_.relid()), pg::value::oid_array(restored_with_)})
				.empty();
}

bool
restoration::follows(const std::vector<Oid> &tables) const
{
	catalog::session s;

	return !s->query("SELECT 1 FROM pg_constraint c WHERE c.conrelid = $1 AND c.contype = 'f'"
					 " AND c.confupdtype IN ('c', 'n', 'd') AND c.confrelid = ANY ($2) LIMIT 1",
					 {pg::value::of_oid(target_.relid()), pg::value::oid_array(tables)})
				.empty();
}

/* The proof: the same content; or, where new rows are kept, nothing left to do. */
std::string
restoration::prove()
{
	const content_summary now = summarize_now(target_.relid());

	if (exact_ ? now == content_summary{backup_.row_count, backup_.fingerprint} : nothing_left())
		return now.fingerprint;
	throw failure(ERRCODE_DATA_CORRUPTED, "table \"" + target_.name() + "\" is not as backup " +
											  std::to_string(backup_.backup_id) +
											  " has it after all")
		.detail("A generated column or a constraint trigger gives other values than before.")
		.hint("Nothing was changed. Compare the table's definition with the backup's manifest.");
}

bool
restoration::nothing_left()
{
	action_list rest;

	plan(rest);
	rest.close();
	return rest.count(action::change) + rest.count(action::insert) == 0;
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

} // namespace migsafe
