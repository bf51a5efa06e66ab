#include "rollback/rolling_back.hpp"

#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "pg/transaction.hpp"
#include "rollback/rollback_failure.hpp"
#include "rollback/rollback_request.hpp"

#include <algorithm>
#include <utility>

namespace migsafe {
namespace {

constexpr size_t conflicts_shown = 20;

conflict_kind
kind_of(const undo_scan &scan, const resolution &found)
{
	if (scan.is_repeated())
		return conflict_kind::repeated;
	if (std::any_of(found.obstacles.begin(), found.obstacles.end(),
					[](const obstacle &o) { return o.refused; }))
		return conflict_kind::refused;
	return found.what == outcome::missing ? conflict_kind::missing : conflict_kind::changed;
}

/* Of a row that could not be written. */
conflict_kind
kind_of(const pg::row_failure &problem)
{
	switch (problem.sqlstate)
	{
		case ERRCODE_UNIQUE_VIOLATION:
		case ERRCODE_EXCLUSION_VIOLATION:
			return conflict_kind::taken;
		case ERRCODE_FOREIGN_KEY_VIOLATION:
			return conflict_kind::unrelated;
		default:
			return conflict_kind::refused;
	}
}

} // namespace

rolling_back::rolling_back(const target &t, const catalog::run_record &run,
						   const rollback_terms &terms, std::optional<undo_piece> piece)
	: target_(t), run_(run), terms_(terms), source_(t, run, terms, std::move(piece)),
	  writer_(t, triggers::only_constraints, source_.settable()),
	  resolver_(t, run, source_.mappings(), terms.on_conflict), key_(source_, writer_),
	  conflicts_(conflicts_shown), stopping_(conflicts_shown)
{
}

/* So many rows with what becomes of them, unless take leaves one out; the number of those that were there. */
template <typename Take>
int64
rolling_back::each_row(undo_scan &scan, int64 limit, catalog::run_meter *meter, Take take)
{
	int64 rows = 0;

	while (rows < limit)
	{
		pg::memory_scope scope(row_cxt_.get());

		if (!scan.next())
			break;
		rows++;
		if (meter)
			meter->tick();

		resolution found = resolve(scan);

		if (take(found))
			note(scan, found);
		row_cxt_.reset();
	}
	return rows;
}

void
rolling_back::write(const rollback_record &record)
{
	if (terms_.on_conflict == conflict_policy::stop)
		write_at_once(record);
	else
		write_in_batches(record);
}

/*
 * Nothing is left apart, so each row can be written when it is met; the first that
 * cannot ends it.  To write a version finds out whether it is still the newest.
 * So a row is locked, and looked at again, only if it is not, or if there is
 * nothing to write.
 */
void
rolling_back::write_at_once(const rollback_record &record)
{
	ItemPointerData at{};
	bool writing = false;
	const auto problem = pg::attempt(
		pg::subtransaction::access::read_write,
		[&, this] {
			undo_scan scan(source_, writer_, undo_scan::find::to_read);
			later_changes later(source_);

			pg::call([&, this] {
				writer_.begin();
				record.redo.begin_batch(record.batches_before + 1);
			});
			auto wanted = [this](const resolution &found) {
				return !found.values.empty() && conflicts_.found() == 0;
			};
			auto write = [&, this](const resolution &found) {
				at = scan.entry_tid();
				writing = true;

				const bool written = update(*scan.row(), found, record.redo);

				writing = false;
				return written;
			};

			each_row(scan, PG_INT64_MAX, record.meter, [&, this](resolution &found) {
				if (!wanted(found) || !write(found))
				{
					if (!scan.lock_row())
						return false;
					found = resolve(scan);
					if (wanted(found) && !write(found))
						throw changed_meanwhile();
				}
				later.meet(scan.entry().seq());
				return true;
			});
			finish_scan(scan, later);
			at = {};
			writing = true;
			pg::call([&, this] {
				writer_.finish();
				record.redo.end_batch();
				CommandCounterIncrement();
			});
		},
		[] { return std::string(); },
		[&](int sqlstate) { return writing && pg::is_row_error(sqlstate); });

	batches_ = 1;
	if (!problem)
	{
		record.redo.keep_batch();
		return;
	}
	note_failure(at, *problem);
	raise_stopped(source_, stopping_);
}

void
rolling_back::write_in_batches(const rollback_record &record)
{
	collected_rows rows(source_, record.redo, record.left, record.batches_before, counts_,
						conflicts_);
	const int64 size = rows.size();
	undo_scan scan(source_, writer_, undo_scan::find::to_lock);
	later_changes later(source_);

	for (bool more = true; more;)
	{
		pg::call([this] { writer_.begin_reading(); });
		more = each_row(scan, size, record.meter, [&, this](const resolution &found) {
				   later.meet(scan.entry().seq());
				   if (!found.values.empty())
					   rows.add(*scan.row(), found);
				   else if (found.what == outcome::conflict)
					   leave(scan, found, record.left);
				   return true;
			   }) == size;
		pg::call([this] { writer_.finish_reading(); });
		rows.write();
	}
	finish_scan(scan, later);
	rows.close();
	batches_ = rows.batches();
}

void
rolling_back::rehearse(outcome_observer *observer)
{
	conflicts_ = conflict_list(std::nullopt);

	undo_scan scan(source_, writer_, undo_scan::find::to_read);
	later_changes later(source_);

	pg::call([this] { writer_.begin_reading(); });
	each_row(scan, PG_INT64_MAX, nullptr, [&, this](resolution &found) {
		TupleTableSlot *const after =
			found.values.empty() ? nullptr : tried_row(*scan.row(), found);

		later.meet(scan.entry().seq());
		if (observer)
			observer->met(scan.entry(),
						  found.what == outcome::missing || !scan.row() ? nullptr : scan.row()->row,
						  after, found);
		return true;
	});
	later.require_none();
	require_complete_log(scan);
	pg::call([this] { writer_.finish_reading(); });
}

/* What is left to be known when all entries have been met. */
void
rolling_back::finish_scan(const undo_scan &scan, const later_changes &later) const
{
	later.require_none();
	require_complete_log(scan);
	if (stopping_.found() > 0)
		raise_stopped(source_, stopping_);
	if (!source_.piece()) /* else it is told once, of all pieces */
		warn_of_missing(run_.run_id, counts_.missing);
	pg::fault_point("rollback");
}

void
rolling_back::require_complete_log(const undo_scan &scan) const
{
	if (source_.piece())
		return;
	if (const auto content = scan.log_content())
		require_complete(run_, *content);
}

resolution
rolling_back::resolve(const undo_scan &scan)
{
	resolution found;
	const present_row *const now = scan.row();
	const bool is_there =
		now && pg::call([&, this] { return scan.entry().same_key(source_.mappings(), now->row); });

	found.what = outcome::conflict;
	if (scan.is_repeated())
		found.obstacles.push_back({"", "several rows have this key now"});
	else if (!is_there && source_.key().empty())
		found.obstacles.push_back({"", "the row was deleted or changed"});
	else if (!is_there)
	{
		found.what = outcome::missing;
		if (terms_.on_missing == missing_policy::stop)
			found.obstacles.push_back({"", "the row was deleted, or its key was changed"});
	}
	else
		return resolver_.resolve(scan.entry(), now->row, writer_.target_slot());
	return found;
}

/* Server code, as are the next but those that return objects: the row as it is to be, in the leaf's layout. */
TupleTableSlot *
rolling_back::new_row(const present_row &now, const resolution &found)
{
	TupleTableSlot *const row = writer_.copy_of(now.leaf_no, now.stored);
	const std::vector<AttrNumber> &positions = target_.leaves()[now.leaf_no].from_target;

	for (const new_value &v : found.values)
	{
		row->tts_values[positions[v.attnum - 1] - 1] = v.value;
		row->tts_isnull[positions[v.attnum - 1] - 1] = v.null;
	}
	return row;
}

/* Is the row written?  Not if it is no longer the version that was read. */
bool
rolling_back::update(const present_row &now, const resolution &found, undo_log &redo)
{
	known_.clear();
	for (const new_value &v : found.values)
	{
		if (v.now)
			known_.push_back({v.attnum, *v.now});
	}
	return pg::call([&, this] {
		ItemPointerData tid = now.tid;
		TupleTableSlot *const row = new_row(now, found);

		if (writer_.update(now.leaf_no, &tid, row) != write_outcome::written)
			return false;
		redo.append(now.leaf_no, now.row, writer_.new_in_target_layout(now.leaf_no, row), known_);
		return true;
	});
}

/* The row as it would be; nullptr, and a conflict, if constraints are against it. */
TupleTableSlot *
rolling_back::tried_row(const present_row &now, resolution &found)
{
	/* a slot belongs to the transaction in which it was made: outside of the attempt */
	TupleTableSlot *const row = pg::call([&, this] { return new_row(now, found); });
	const auto problem = pg::attempt(pg::subtransaction::access::read_only, [&, this] {
		const pg::restricted_role rights(
			target_.owner()); /* who looks at a plan runs nobody's code */

		pg::call([&, this] { writer_.check(now.leaf_no, row); });
	});

	if (!problem)
		return pg::call([&, this] { return writer_.new_in_target_layout(now.leaf_no, row); });
	found.what = outcome::conflict;
	found.obstacles.push_back({"", problem->message});
	found.values.clear();
	return nullptr;
}

void
rolling_back::leave(const undo_scan &scan, const resolution &found, error_log &left)
{
	const pg::row_failure why{ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, text_of(found.obstacles),
							  ""};

	if (scan.row())
		left.add(why, scan.row()->row);
	else
		left.add_lost(why, key_.of(scan));
}

void
rolling_back::note(const undo_scan &scan, const resolution &found)
{
	counts_.add(found.what);
	if (found.obstacles.empty())
		return;

	const std::string key = key_.of(scan);
	const conflict_kind kind = kind_of(scan, found);

	for (const obstacle &o : found.obstacles)
	{
		const conflict c{key, o.column, o.reason, scan.entry().seq(), kind};

		conflicts_.add(c);
		if (is_stopped_by(kind))
			stopping_.add(c);
	}
}

/* Rows that are gone become an obstacle only if they are to stop it; which row to take of several, no policy says. */
bool
rolling_back::is_stopped_by(conflict_kind kind) const
{
	return kind == conflict_kind::missing || kind == conflict_kind::repeated ||
		   terms_.on_conflict == conflict_policy::stop;
}

/* The entry whose row could not be written; none: the failure came when all had been. */
void
rolling_back::note_failure(ItemPointerData entry_tid, const pg::row_failure &problem)
{
	stopping_.add(
		{ItemPointerIsValid(&entry_tid) ? key_.at(entry_tid) : "", "",
		 problem.detail.empty() ? problem.message : problem.message + " (" + problem.detail + ")",
		 PG_INT64_MAX, kind_of(problem)});
}

void
require_no_later_changes(const undo_source &source)
{
	later_changes later(source);

	later.meet_all();
	later.require_none();
}

} // namespace migsafe
