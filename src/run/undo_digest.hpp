/*
 * undo_digest.hpp
 *		Which keys the blocks of an undo log have, by a hash each: so who wants some entries
 *		need not look at all.
 */
#pragma once

#include "pg/memory.hpp"
#include "run/entry_key_hash.hpp"

extern "C" {
#include "lib/stringinfo.h"
}

#include <functional>
#include <optional>
#include <vector>

namespace migsafe {

/* Some entries in one block, one after the other. */
struct digested_block
{
	BlockNumber block;
	uint32 entries;
	const char *hashes; /* a uint32 for each, wherever it lies; 0: its key is NULL */

	[[nodiscard]] uint32 hash(uint32 i) const
	{
		uint32 one;

		memcpy(&one, hashes + i * sizeof(one), sizeof(one));
		return one;
	}
};

/* What is written of it, as the entries are. */
class undo_digest
{
public:
	/* Of the undo log of a run, which knows rows by this key. */
	undo_digest(const target &t, int64 run_id, const std::vector<AttrNumber> &key);

	/* Is one written?  Not without a key, of one whose hash may be another tomorrow, and of a temporary table. */
	[[nodiscard]] bool is_kept() const { return is_kept_; }

	/* Server code.  What came since it was kept is forgotten: it has been rolled back. */
	void begin_batch();
	/* Server code: an entry that lies in the undo log.  Of a large batch some goes into the catalog now. */
	void add(TupleTableSlot *entry);
	/* What came since begin_batch() stands. */
	void keep_batch();
	/* Everything that stands goes into the catalog. */
	void finish();

private:
	const int64 run_id_;
	std::optional<key_hash> hash_;
	std::optional<entry_key_hash> of_entry_;
	bool is_kept_ = false;
	pg::memory_context cxt_{"migsafe undo digest"};
	StringInfoData bytes_{};
	int kept_bytes_ = 0;  /* those of batches before; what follows is of this batch */
	int last_block_ = -1; /* where it begins in bytes_; -1: there is none */
	int64 first_kept_ = 0, first_entry_ = 0; /* the entries that the one and the other begin with */

	void begin_block(BlockNumber block);
	void write_batch();
};

/*
 * Show all of it, as the active snapshot sees it, to server code; how many entries it knows.  A
 * block may come more than once.  -1: it is damaged.
 */
int64 read_undo_digest(int64 run_id, const std::function<void(const digested_block &)> &show);

} // namespace migsafe
