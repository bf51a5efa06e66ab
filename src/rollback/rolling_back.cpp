#include "rollback/rolling_back.hpp"

#include "catalog/session.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "table/row_text.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr size_t conflicts_shown = 20;

} // namespace

rolling_back::rolling_back(const target &t, const catalog::run_record &run, rollback_mode mode,
						   std::optional<undo_piece> piece)
	: target_(t), run_(run), dry_run_(mode == rollback_mode::dry_run), piece_(piece),
	  undo_rel_(open_undo_log(run)), mappings_(map_undo_columns(t, run, undo_rel_.get())),
	  key_(key_columns()), writer_(t, triggers::only_constraints, settable_columns()),
	  conflicts_(dry_run_ ? std::nullopt : std::optional<size_t>(conflicts_shown))
{
	require_same_owner(t, undo_rel_.get()); /* rather now than after something is recorded */
}

void
rolling_back::execute(undo_log *redo, int32 batch, catalog::run_meter *meter)
{
	row_pairs pairs(target_, key_, counterpart_of_undo(), undo_rel_.get(), row_pairs::join::left);

	pg::call([&, this] { begin(redo, batch); });
	while (pairs.next())
	{
		pg::check_for_interrupts();
		if (meter)
			meter->tick();

		pg::memory_scope scope(row_cxt_.get());

		pg::call([&, this] { take_back(pairs, redo); });
		row_cxt_.reset();
	}
	if (!piece_)
		require_complete(run_, entries_);
	if (conflicts_.found() > 0 && !dry_run_)
		stop();
	pg::fault_point("rollback");
	pg::call([&, this] { finish(redo); });
}

/* Server code, as are the next functions but those that return objects. */
void
rolling_back::begin(undo_log *redo, int32 batch)
{
	if (dry_run_)
		writer_.begin_reading();
	else
	{
		writer_.begin();
		redo->begin_batch(batch);
	}
}

void
rolling_back::finish(undo_log *redo)
{
	if (dry_run_)
		writer_.finish_reading();
	else
	{
		writer_.finish();
		redo->end_batch();
	}
	CommandCounterIncrement();
}

std::vector<AttrNumber>
rolling_back::key_columns() const
{
	std::vector<AttrNumber> key;

	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			key.push_back(m.now->attnum);
	}
	return key;
}

std::vector<AttrNumber>
rolling_back::settable_columns() const
{
	std::vector<AttrNumber> columns;

	for (const undo_mapping &m : mappings_)
	{
		if (m.now && !m.now->generated)
			columns.push_back(m.now->attnum);
	}
	return columns;
}

counterpart
rolling_back::counterpart_of_undo() const
{
	counterpart other;

	other.relation = pg::qualified_name(*run_.undo_schema, *run_.undo_name);
	if (piece_)
		other.piece = piece_->blocks;
	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			other.keys.push_back("key_" + std::to_string(m.bit + 1));
	}
	other.row_hash = "o.row_hash";
	other.row_columns = settable_columns();

	/* backwards: what the run could do step by step can be undone step by step */
	other.order = "o.seq";
	return other;
}

void
rolling_back::take_back(const row_pairs &pair, undo_log *redo)
{
	const undo_entry entry(fetch_entry(pair.other()));

	if (entry.seq() == last_seq_)
	{
		add_conflict(entry, nullptr, nullptr, "several rows have this key now");
		return;
	}
	last_seq_ = entry.seq();
	entries_++;
	ItemPointerData tid = pair.row();
	TupleTableSlot *const stored =
		pair.has_target() ? current_version(pair.leaf_no(), &tid) : nullptr;

	if (stored == nullptr)
	{
		add_conflict(entry, nullptr, nullptr,
					 key_.empty() ? "the row was deleted or changed"
								  : "the row was deleted, or its key was changed");
		return;
	}

	TupleTableSlot *const row = writer_.old_in_target_layout(pair.leaf_no(), stored);

	slot_getallattrs(row);
	row->tts_tid = tid;
	if (!entry.same_key(mappings_, row))
		add_conflict(entry, nullptr, nullptr, "the key of the row was changed");
	else if (!find_conflicts(entry, row))
		restore_row(entry, pair.leaf_no(), &tid, stored, row, redo);
}

TupleTableSlot *
rolling_back::fetch_entry(ItemPointerData tid)
{
	TupleTableSlot *const slot = writer_.extra_slot(undo_rel_.get());

	if (!table_tuple_fetch_row_version(undo_rel_.get(), &tid, writer_.snapshot(), slot))
		pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
						"the undo log was changed while it was being used", nullptr, "Call again.");
	return slot;
}

/* The row as it is now: locked, unless nothing is to be written. */
TupleTableSlot *
rolling_back::current_version(size_t leaf_no, ItemPointer tid)
{
	return dry_run_ ? writer_.fetch(leaf_no, tid) : writer_.lock_newest(leaf_no, tid);
}

/* The states of the changed columns; true if there is one that somebody changed since the run. */
bool
rolling_back::find_conflicts(const undo_entry &entry, TupleTableSlot *row)
{
	bool found = false;

	states_.resize(mappings_.size());
	for (size_t i = 0; i < mappings_.size(); i++)
	{
		if (!entry.has_changed(mappings_[i]))
			continue;
		if (mappings_[i].now == nullptr)
			raise_lost_column(target_, mappings_[i]);
		states_[i] = entry.state(mappings_, i, row);
		if (states_[i] != column_state::changed)
			continue;
		add_conflict(entry, row, mappings_[i].now, "the column was changed since the run");
		found = true;
	}
	return found;
}

void
rolling_back::restore_row(const undo_entry &entry, size_t leaf_no, ItemPointer tid,
						  TupleTableSlot *stored, TupleTableSlot *row, undo_log *redo)
{
	const leaf &l = target_.leaves()[leaf_no];
	TupleTableSlot *const before = writer_.copy_of(leaf_no, stored);
	bool differs = false;

	for (size_t i = 0; i < mappings_.size(); i++)
	{
		const undo_mapping &m = mappings_[i];
		if (!entry.has_changed(m) || states_[i] == column_state::as_before)
			continue;

		const int n = l.from_target[m.now->attnum - 1] - 1;

		before->tts_values[n] = entry.old_value(m);
		before->tts_isnull[n] = entry.old_null(m);
		differs = true;
	}
	if (!differs)
		unchanged_++;
	else if (dry_run_)
		restored_++;
	else if (conflicts_.found() == 0) /* else nothing will be kept: only look for conflicts */
	{
		if (writer_.update(leaf_no, tid, before) != write_outcome::written)
			pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
							"a row was changed while it was being rolled back", nullptr,
							"Call again.");
		redo->append(leaf_no, row, writer_.new_in_target_layout(leaf_no, before));
		restored_++;
	}
}

/* row may be nullptr: then the key is the one that the undo log has. */
void
rolling_back::add_conflict(const undo_entry &entry, TupleTableSlot *row, const column *c,
						   const char *reason)
{
	std::string key;

	if (row)
		key = key_json(target_, key_, row);
	else
		key = old_key(entry);
	conflicts_.add({key, c ? c->name : "", reason, entry.seq()});
}

/* What names the row of an entry: its key; without one, the whole row as it was before the run. */
std::string
rolling_back::old_key(const undo_entry &entry)
{
	TupleTableSlot *const row = pg::call([&, this] { return old_row(entry); });

	return key_.empty() ? "{\"row_before\": " + row_json(target_, row) + "}"
						: key_json(target_, key_, row);
}

/* Server code.  The key of an entry, or without a key all that it has. */
TupleTableSlot *
rolling_back::old_row(const undo_entry &entry)
{
	TupleTableSlot *const row = ExecClearTuple(writer_.target_slot());

	std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
	for (const undo_mapping &m : mappings_)
	{
		if (m.now == nullptr || (!key_.empty() && m.key_position < 0))
			continue;

		const int n = m.now->attnum - 1;

		row->tts_values[n] = key_.empty() ? entry.old_value(m) : entry.key_value(m);
		row->tts_isnull[n] = key_.empty() && entry.old_null(m);
	}
	return ExecStoreVirtualTuple(row);
}

void
rolling_back::stop() const
{
	const std::string id = std::to_string(run_.run_id);

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  std::string("rollback stopped: ") + (piece_ ? "at least " : "") +
					  pg::count_of(conflicts_.found(), "conflict") +
					  " with changes made since run " + id)
		.detail(conflicts_.text())
		.hint((piece_ ? "What was taken back before stays so. migsafe.rollback(" + id +
							", dry_run => true)"
					  : std::string("Nothing was changed. dry_run => true")) +
			  " lists all conflicts in conflict_rows. Put "
			  "back the values that the run wrote, or those from before it (migsafe.row_log "
			  "has them), without firing triggers; then " +
			  (piece_
				   ? "CALL migsafe.resume_online(" + std::to_string(piece_->rollback_run_id) + ")."
				   : std::string("call again.")));
}

} // namespace migsafe
