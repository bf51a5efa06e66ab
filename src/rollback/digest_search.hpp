/*
 * digest_search.hpp
 *		The entries of an undo log that may have certain keys, found by its digest.
 */
#pragma once

#include "rollback/undo_source.hpp"
#include "run/undo_digest.hpp"
#include "table/key_filter.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace migsafe {

/* Of all entries. */
struct keys_written
{
	int64 entries = 0;
	uint64 sum = 0; /* of the hashes */

	void add(uint32 hash)
	{
		entries++;
		sum += hash;
	}
};

class digest_search
{
public:
	/* keys: a usable filter, of the source's key.  All of them have to outlive it. */
	digest_search(const undo_source &source, const key_filter &keys, Snapshot snapshot);

	/*
	 * Show the entries to take, server code; only blocks are read that have one of them.  False if
	 * it is not known where they are: there is no digest, or the undo log has not, in these
	 * blocks, what the digest says; and if the blocks are so many that to read all is as fast.
	 * Some may have been shown then.
	 */
	bool show(const std::function<void(TupleTableSlot *)> &take);

	/* Once it has been asked; nothing if there is no digest. */
	[[nodiscard]] const std::optional<keys_written> &written() const { return written_; }
	/* Server code. */
	[[nodiscard]] const entry_key_hash &key_of_entry() const { return key_of_entry_; }

private:
	/* What a block has, or is to have. */
	struct block_content
	{
		BlockNumber block;
		uint32 entries = 0, hashes = 0; /* how many, and the sum of theirs */

		bool operator==(const block_content &) const = default;
	};
	using blocks = std::vector<block_content>;

	const undo_source &source_;
	const key_filter &keys_;
	Snapshot snapshot_;
	const entry_key_hash key_of_entry_;
	std::optional<keys_written> written_;
	BlockNumber blocks_told_of_ = 0; /* so many at least */

	[[nodiscard]] static bool is_before(const block_content &a, const block_content &b)
	{
		return a.block < b.block;
	}
	[[nodiscard]] bool is_possible() const;
	bool find_blocks(blocks &found);
	void read_digest(blocks &found, size_t most);
	[[nodiscard]] bool has_key(const digested_block &b) const;
	static void add(const digested_block &b, blocks &to);
	void read_blocks(blocks &found, MemoryContext row_cxt,
					 const std::function<void(TupleTableSlot *)> &take) const;
	void go_to(TableScanDesc &scan, BlockNumber from, BlockNumber to) const;
};

} // namespace migsafe
