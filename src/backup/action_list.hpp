/*
 * action_list.hpp
 *		What a restore has to do to which row.
 */
#pragma once

#include "table/pairing.hpp"
#include "table/tuple_list.hpp"

namespace migsafe {

enum class action : int32 { remove, change, insert };

class action_list
{
public:
	action_list();

	void add(action what, const row_pairs &pair);

	/* When all is done. */
	void close()
	{
		pg::call([this] { list_.close(); });
	}

	/* Server code. */
	void rewind() { list_.seek(0); }
	bool next() { return list_.next(); }

	/* Of the action that next() went to. */
	[[nodiscard]] action what() const
	{
		return static_cast<action>(DatumGetInt32(list_.values()[0]));
	}
	[[nodiscard]] size_t leaf_no() const { return DatumGetInt32(list_.values()[1]); }
	[[nodiscard]] ItemPointer row() const { return list_.tid(2); }
	[[nodiscard]] ItemPointer backup_row() const { return list_.tid(3); }

	[[nodiscard]] int64 count(action a) const { return counts_[static_cast<int>(a)]; }

private:
	tuple_list list_;
	int64 counts_[3] = {0, 0, 0};
};

} // namespace migsafe
