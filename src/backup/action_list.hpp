/*
 * action_list.hpp
 *		What a restore has to do to which row: a list that spills to disk.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/pairing.hpp"

namespace migsafe {

enum class action : int32 { remove, change, insert };

class action_list
{
public:
	action_list();
	~action_list();
	action_list(const action_list &) = delete;
	action_list &operator=(const action_list &) = delete;

	void add(action what, const row_pairs &pair);

	/* Server code. */
	void rewind();
	bool next();

	/* Of the action that next() went to. */
	[[nodiscard]] action what() const
	{
		return static_cast<action>(DatumGetInt32(slot_->tts_values[0]));
	}
	[[nodiscard]] size_t leaf_no() const { return DatumGetInt32(slot_->tts_values[1]); }
	[[nodiscard]] ItemPointer row() const { return tid(2); }
	[[nodiscard]] ItemPointer backup_row() const { return tid(3); }
	[[nodiscard]] int64 count(action a) const { return counts_[static_cast<int>(a)]; }

private:
	int exceptions_;
	pg::memory_context cxt_;
	TupleDesc descriptor_ = nullptr;
	Tuplestorestate *store_ = nullptr;
	TupleTableSlot *slot_ = nullptr;
	int64 counts_[3] = {0, 0, 0};

	[[nodiscard]] ItemPointer tid(int i) const
	{
		return static_cast<ItemPointer>(static_cast<void *>(DatumGetPointer(slot_->tts_values[i])));
	}
};

} // namespace migsafe
