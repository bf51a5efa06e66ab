#include "rollback/rolling_back.hpp"

#include "catalog/undo_count.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "run/batch_size.hpp"
#include "table/row_text.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr size_t conflicts_shown = 20;
constexpr int64 smallest_batch = 1000;

/* So that a rollback takes no more than its share of a transaction's subtransactions. */
int64
batch_size(const catalog::run_record &run)
{
	return std::max(smallest_batch,
					catalog::undo_count(run.run_id) / (max_writing_subtransactions / 2));
}

failure
changed_meanwhile()
{
	return failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
				   "a row was changed while it was being rolled back")
		.hint("Call again.");
}

} // namespace

void
rollback_counts::add(outcome what)
{
	rows++;
	restored += what == outcome::restored;
	merged += what == outcome::merged;
	overwritten += what == outcome::overwritten;
	unchanged += what == outcome::unchanged;
	conflicts += what == outcome::conflict;
	missing += what == outcome::missing;
}

void
rollback_counts::turn_into_conflict(outcome what)
{
	restored -= what == outcome::restored;
	merged -= what == outcome::merged;
	overwritten -= what == outcome::overwritten;
	conflicts++;
}

std::string
rollback_counts::skipped_json() const
{
	return "{\"unchanged\": " + std::to_string(unchanged) +
		   ", \"missing\": " + std::to_string(missing) + "}";
}

rolling_back::rolling_back(const target &t, const catalog::run_record &run,
						   const rollback_terms &terms, std::optional<undo_piece> piece)
	: target_(t), run_(run), terms_(terms), source_(t, run, terms, piece),
	  writer_(t, triggers::only_constraints, source_.settable()),
	  resolver_(t, run, source_.mappings(), terms.on_conflict), conflicts_(conflicts_shown)
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
	stop();
}

void
rolling_back::write_in_batches(const rollback_record &record)
{
	write_options options;

	options.fire = triggers::only_constraints;
	options.batches_before = record.batches_before;

	batch_writer writer(target_, source_.settable(), record.redo, options);
	row_batch batch(target_, source_.settable());
	const int64 size = source_.piece() ? PG_INT64_MAX : batch_size(run_);
	undo_scan scan(source_, writer_, undo_scan::find::to_lock);
	later_changes later(source_);

	for (bool more = true; more;)
	{
		pg::call([this] { writer_.begin_reading(); });
		more = each_row(scan, size, record.meter, [&, this](const resolution &found) {
				   later.meet(scan.entry().seq());
				   if (!found.values.empty())
					   add_to_batch(batch, *scan.row(), found);
				   else if (found.what == outcome::conflict)
					   leave(scan, found, record.left);
				   return true;
			   }) == size;
		pg::call([this] { writer_.finish_reading(); });
		write_batch(writer, batch, record.left);
	}
	finish_scan(scan, later);
	pg::call([&] { batch.close(); });
	batches_ = writer.batches();
}

/* Rows that cannot be written are conflicts as well. */
void
rolling_back::write_batch(batch_writer &writer, row_batch &batch, error_log &left)
{
	if (batch.rows() == 0)
		return;
	left.tell([this](const std::string &key, const std::string &message) {
		conflicts_.add({key, "", message, 0});
	});

	const batch_outcome written = writer.write(batch, left);

	left.tell(nullptr);
	if (written.written + written.failed != batch.rows())
		throw changed_meanwhile();
	for (const int64 row : written.failed_rows)
		counts_.turn_into_conflict(batch_outcomes_[static_cast<size_t>(row)]);
	batch_outcomes_.clear();
	pg::call([&] { batch.clear(); });
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
	require_complete_log(scan.content());
	pg::call([this] { writer_.finish_reading(); });
}

/* What is left to be known when all entries have been met. */
void
rolling_back::finish_scan(const undo_scan &scan, const later_changes &later) const
{
	later.require_none();
	require_complete_log(scan.content());
	if (must_stop_)
		stop();
	warn_of_missing();
	pg::fault_point("rollback");
}

void
rolling_back::require_complete_log(const catalog::undo_content &read) const
{
	if (!source_.piece())
		require_complete(run_, source_.is_whole() ? read : add_up_undo_hashes(source_.rel()));
}

void
rolling_back::warn_of_missing() const
{
	if (counts_.missing > 0)
		pg::warning(
			pg::count_of(counts_.missing, "row") + " of run " + std::to_string(run_.run_id) +
				(counts_.missing == 1 ? " is" : " are") + " not there any more",
			"Deleted since, or their keys were changed: then they are as the run left them.");
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
	{
		found.obstacles.push_back({"", "several rows have this key now"});
		must_stop_ = true;
	}
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
	return pg::call([&, this] {
		ItemPointerData tid = now.tid;
		TupleTableSlot *const row = new_row(now, found);

		if (writer_.update(now.leaf_no, &tid, row) != write_outcome::written)
			return false;
		redo.append(now.leaf_no, now.row, writer_.new_in_target_layout(now.leaf_no, row));
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
rolling_back::add_to_batch(row_batch &batch, const present_row &now, const resolution &found)
{
	pg::call([&, this] {
		const std::vector<AttrNumber> &columns = source_.settable();
		auto *const values = static_cast<Datum *>(palloc(sizeof(Datum) * columns.size()));
		auto *const nulls = static_cast<bool *>(palloc(sizeof(bool) * columns.size()));

		for (size_t i = 0; i < columns.size(); i++)
		{
			values[i] = now.row->tts_values[columns[i] - 1];
			nulls[i] = now.row->tts_isnull[columns[i] - 1];
			for (const new_value &v : found.values)
			{
				if (v.attnum != columns[i])
					continue;
				values[i] = v.value;
				nulls[i] = v.null;
			}
		}
		batch.add(now.leaf_no, now.tid, values, nulls);
	});
	batch_outcomes_.push_back(found.what);
}

void
rolling_back::leave(const undo_scan &scan, const resolution &found, error_log &left)
{
	const pg::row_failure why{ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, text_of(found.obstacles),
							  ""};

	if (scan.row())
		left.add(why, scan.row()->row);
	else
		left.add_lost(why, key_of(scan));
}

void
rolling_back::note(const undo_scan &scan, const resolution &found)
{
	counts_.add(found.what);
	if (found.obstacles.empty())
		return;
	must_stop_ = must_stop_ || terms_.on_conflict == conflict_policy::stop ||
				 (found.what == outcome::missing && terms_.on_missing == missing_policy::stop);

	const std::string key = key_of(scan);

	for (const obstacle &o : found.obstacles)
		conflicts_.add({key, o.column, o.reason, scan.entry().seq()});
}

/* The entry whose row could not be written; none: the failure came when all had been. */
void
rolling_back::note_failure(ItemPointerData entry_tid, const pg::row_failure &problem)
{
	std::string key;

	if (ItemPointerIsValid(&entry_tid))
	{
		pg::call([this] { writer_.begin_reading(); });

		std::optional<undo_entry> entry;

		pg::call([&, this] {
			TupleTableSlot *const slot = writer_.extra_slot(source_.rel());

			(void) table_tuple_fetch_row_version(source_.rel(), &entry_tid, SnapshotAny, slot);
			entry.emplace(slot, source_.layout());
		});
		key = old_key(*entry);
		pg::call([this] { writer_.finish_reading(); });
	}
	conflicts_.add(
		{key, "",
		 problem.detail.empty() ? problem.message : problem.message + " (" + problem.detail + ")",
		 PG_INT64_MAX});
}

/* By which the run knew the row.  Without a key: of a row that is not there, the whole row as it was before the run. */
std::string
rolling_back::key_of(const undo_scan &scan)
{
	return scan.row() && source_.key().empty() ? key_json(target_, {}, scan.row()->row)
											   : old_key(scan.entry());
}

std::string
rolling_back::old_key(const undo_entry &entry)
{
	TupleTableSlot *const row = pg::call([&, this] { return old_row(entry); });

	return source_.key().empty() ? "{\"row_before\": " + row_json(target_, row) + "}"
								 : key_json(target_, source_.key(), row);
}

/* Server code.  The key of an entry, or without a key all that it has. */
TupleTableSlot *
rolling_back::old_row(const undo_entry &entry)
{
	TupleTableSlot *const row = ExecClearTuple(writer_.target_slot());
	const bool has_key = !source_.key().empty();

	std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
	for (const undo_mapping &m : source_.mappings())
	{
		if (m.now == nullptr || (has_key && m.key_position < 0))
			continue;

		const int n = m.now->attnum - 1;

		row->tts_values[n] = has_key ? entry.key_value(m) : entry.old_value(m);
		row->tts_isnull[n] = !has_key && entry.old_null(m);
	}
	return ExecStoreVirtualTuple(row);
}

void
rolling_back::stop() const
{
	const std::string id = std::to_string(run_.run_id);
	const auto &piece = source_.piece();

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "rollback of run " + id + " stopped: " + (piece ? "at least " : "") +
					  pg::count_of(conflicts_.found(), "conflict"))
		.detail(conflicts_.text())
		.hint((piece ? "What was taken back before stays so. Call rollback_online again with "
					   "on_conflict => "
					 : std::string("Nothing was changed. dry_run => true lists all conflicts in "
								   "conflict_rows. on_conflict => ")) +
			  "'skip' to leave such rows as they are, 'merge' to keep both changes where there is "
			  "room, 'overwrite' to lose the later ones" +
			  (terms_.on_missing == missing_policy::stop
				   ? "; on_missing => 'leave' to pass over rows that are gone"
				   : "") +
			  (piece ? "; or put back the values that the run wrote, and CALL "
					   "migsafe.resume_online(" +
						   std::to_string(piece->rollback_run_id) + ")."
					 : std::string(".")));
}

void
require_no_later_changes(const undo_source &source)
{
	later_changes later(source);

	later.meet_all();
	later.require_none();
}

} // namespace migsafe
