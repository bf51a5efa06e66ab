#include "rollback/undo_walk.hpp"

#include "catalog/undo_count.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* To look a row up costs about as much as to join some; that many of the entries may need it. */
constexpr int64 lookups_for_one_in = 16;

} // namespace

/*
 * Where a key may be of several rows, each of them has to be met.  And to come to the rows of a
 * few entries, more of a large table may have to be gone through than a join reads.
 */
bool
undo_walk::is_worthwhile(const undo_source &source)
{
	const target &t = source.of();

	return source.is_whole() && t.is_primary_key(source.key()) && row_walk::is_possible(t) &&
		   catalog::undo_count(source.run().run_id) >= t.blocks() && key_lookup::is_quick(t);
}

undo_walk::undo_walk(const undo_source &source)
	: source_(source), rows_(source.of(), snapshot_.get()),
	  lookup_(source.of(), source.key(), snapshot_.get()), key_(source.key_positions()),
	  key_columns_(*std::max_element(source.key().begin(), source.key().end())),
	  entries_left_(catalog::undo_count(source.run().run_id)),
	  lookups_left_(entries_left_ / lookups_for_one_in)
{
	pg::memory_scope scope(cxt_.get());
	Relation const log = source.rel();

	log_ = pg::call(table_beginscan_strat, log, snapshot_.get(), 0, nullptr, true, false);
	entry_ = pg::call(table_slot_create, log, nullptr);
}

undo_walk::~undo_walk()
{
	if (std::uncaught_exceptions() != exceptions_) /* then the abort releases what they hold */
		return;
	ExecDropSingleTupleTableSlot(entry_);
	table_endscan(log_);
}

bool
undo_walk::next()
{
	place_.reset();
	if (!pg::call([this] { return fetch_entry(); }))
		return false;

	const bool in_order = is_in_order();

	if (in_order && pg::call([this] { return meet_row(); }))
		return true;
	if (!in_order || lookups_left_-- == 0)
		return end_before_entry();
	look_up();
	return true;
}

/* Server code. */
bool
undo_walk::fetch_entry()
{
	has_ended_ = has_ended_ || !table_scan_getnextslot(log_, BackwardScanDirection, entry_);
	if (!has_ended_)
		slot_getallattrs(entry_);
	return !has_ended_; /* asked again, a scan would begin anew */
}

/*
 * Entries lie as they were numbered, unless somebody has written the undo log anew.  So many
 * numbers as are left cannot all be below one that is less.
 */
bool
undo_walk::is_in_order()
{
	const int64 above = seq_;

	if (entry_->tts_isnull[undo_seq - 1])
		return false;
	seq_ = DatumGetInt64(entry_->tts_values[undo_seq - 1]);
	return seq_ < above && seq_ >= entries_left_--;
}

bool
undo_walk::end_before_entry()
{
	rest_ = "o.ctid <= '(" + std::to_string(ItemPointerGetBlockNumber(&entry_->tts_tid)) + "," +
			std::to_string(ItemPointerGetOffsetNumber(&entry_->tts_tid)) + ")'";
	return false;
}

/*
 * Server code.  A row that had to be looked up may be one that somebody has moved; or it lies
 * where the next ones lie, too.
 */
bool
undo_walk::meet_row()
{
	is_met_ = is_next();
	if (!is_met_ && looked_up_)
	{
		rows_.go_before(*looked_up_);
		has_row_ = false;
		is_met_ = is_next();
	}
	if (is_met_)
	{
		place_.emplace(row_place{rows_.leaf_no(), rows_.stored()->tts_tid});
		has_row_ = false;
	}
	looked_up_.reset();
	return is_met_;
}

/* Server code.  Is the next row that of the entry?  If not, it stays the next one. */
bool
undo_walk::is_next()
{
	has_row_ = has_row_ || rows_.next();
	if (!has_row_)
		return false;
	slot_getsomeattrs(rows_.row(), key_columns_);
	return same_key(source_.mappings(), entry_, rows_.row());
}

void
undo_walk::look_up()
{
	std::vector<Datum> values;
	std::string nulls;

	for (const int position : key_)
	{
		values.push_back(entry_->tts_values[position]);
		nulls += entry_->tts_isnull[position] ? 'n' : ' ';
	}
	looked_up_ = place_ = lookup_.find(values.data(), nulls.c_str());
}

} // namespace migsafe
