/*
 * undo_entry.hpp
 *		An entry of an undo log beside the row that it is about.
 */
#pragma once

#include "run/undo_fields.hpp"
#include "run/undo_log.hpp"
#include "table/image.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

/* Where a column of the undo log goes in the target now. */
struct undo_mapping
{
	const column *now;           /* nullptr if there is no such column of that type any more */
	std::string name;            /* now, or if there is none then */
	const content_type *content; /* of the type, for hashing; nullptr as now */
	int bit;
	int old_position; /* in the undo log, from 0 */
	int key_position; /* likewise; -1 if it is not of the key */
	bool wanted; /* is it to be given back? Never if it is generated: then it follows from others */
};

/*
 * Match the undo log's columns with the target's of today.  The undo
 * log belongs to the target's owner, who may have altered it: 55000 unless each
 * of its columns has the type that is used of it.  42804 if a column of the key
 * (without a key: any) was dropped or retyped since.  columns: those that
 * are to be given back, if not all; 42703 if the run knew no such column.
 */
std::vector<undo_mapping> map_undo_columns(const target &t, const catalog::run_record &run,
										   Relation undo, const std::vector<std::string> &columns);

/* 42804: an entry has to give back a column that is not there any more. */
[[noreturn]] void raise_lost_column(const target &t, const undo_mapping &m);

/* The state of one changed column, against what the run wrote. */
enum class column_state {
	as_written, /* the value is the one that the run wrote: it can be taken back */
	as_before,  /* it is already what it was before the run */
	changed     /* somebody changed it since: a conflict */
};

/*
 * Server code.  Has the row, in the target's layout, the key that the entry names it by, byte by
 * byte?  Both slots have their columns at hand.
 */
bool same_key(const std::vector<undo_mapping> &mappings, TupleTableSlot *entry,
			  TupleTableSlot *row);

/* Server code.  An entry in a slot of the undo log's layout. */
class undo_entry
{
public:
	undo_entry(TupleTableSlot *slot,
			   const undo_layout &layout); /* XX001 if the entry was altered */

	[[nodiscard]] int64 seq() const { return DatumGetInt64(slot_->tts_values[undo_seq - 1]); }
	[[nodiscard]] bool has_changed(const undo_mapping &m) const;
	/* row in the target's layout */
	[[nodiscard]] column_state state(const std::vector<undo_mapping> &mappings, size_t i,
									 TupleTableSlot *row) const;
	/* hash_content() of what the run wrote into a column that it changed. */
	[[nodiscard]] hash128 written_hash(const std::vector<undo_mapping> &mappings, size_t i) const;
	/* Did the run write this value into the column? */
	[[nodiscard]] bool was_written(const std::vector<undo_mapping> &mappings, size_t i, Datum value,
								   bool null) const;
	[[nodiscard]] bool same_key(const std::vector<undo_mapping> &mappings,
								TupleTableSlot *row) const
	{
		return migsafe::same_key(mappings, slot_, row);
	}
	[[nodiscard]] Datum key_value(const undo_mapping &m) const
	{
		return slot_->tts_values[m.key_position];
	}
	[[nodiscard]] Datum old_value(const undo_mapping &m) const
	{
		return slot_->tts_values[m.old_position];
	}
	[[nodiscard]] bool old_null(const undo_mapping &m) const
	{
		return slot_->tts_isnull[m.old_position];
	}

private:
	TupleTableSlot *slot_;
	const bytea *changed_ = nullptr, *new_hash_ = nullptr;
};

} // namespace migsafe
