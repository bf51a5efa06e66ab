#include "rollback/digest_search.hpp"

#include "catalog/undo_count.hpp"
#include "pg/snapshot.hpp"
#include "run/each_entry.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* One block in so many, here and there, is read as fast as all of them in their order. */
constexpr BlockNumber blocks_for_one = 4;

} // namespace

digest_search::digest_search(const undo_source &source, const key_filter &keys, Snapshot snapshot)
	: source_(source), keys_(keys), snapshot_(snapshot),
	  key_of_entry_(keys.hash(), source.key_positions())
{
}

bool
digest_search::show(const std::function<void(TupleTableSlot *)> &take)
{
	blocks expected;

	if (!is_possible() || !find_blocks(expected))
		return false;

	blocks found;
	const pg::memory_context row_cxt("migsafe undo entry");

	for (const block_content &b : expected)
		found.push_back({b.block});
	pg::call([&, this] { read_blocks(found, row_cxt.get(), take); });
	return found == expected;
}

bool
digest_search::is_possible() const
{
	return keys_.hash().lasts() && source_.rel()->rd_tableam->scan_set_tidrange != nullptr;
}

/* Those that have one of the keys, with all that they have.  False if they are too many, or the digest is not of what is there. */
bool
digest_search::find_blocks(blocks &found)
{
	const pg::active_snapshot as(snapshot_);
	const BlockNumber there = pg::call([this] { return RelationGetNumberOfBlocks(source_.rel()); });
	const size_t most = there / blocks_for_one;

	read_digest(found, most);
	if (!written_ || blocks_told_of_ > there || found.size() > most)
		return false;
	std::sort(found.begin(), found.end(), is_before);
	found.erase(std::unique(found.begin(), found.end()), found.end());
	/* of a block that more rows of the digest tell of, some may have come before it was found */
	read_undo_digest(source_.run().run_id, [&](const digested_block &b) { add(b, found); });
	return true;
}

/* No more than one too many. */
void
digest_search::read_digest(blocks &found, size_t most)
{
	const int64 run_id = source_.run().run_id;
	keys_written all;
	const int64 entries = read_undo_digest(run_id, [&, this](const digested_block &b) {
		for (uint32 i = 0; i < b.entries; i++)
			all.add(b.hash(i));
		blocks_told_of_ = std::max(blocks_told_of_, b.block + 1);
		if (found.size() <= most && has_key(b) && (found.empty() || found.back().block != b.block))
			found.push_back({b.block});
	});

	if (entries == catalog::undo_count(run_id))
		written_ = all;
}

bool
digest_search::has_key(const digested_block &b) const
{
	for (uint32 i = 0; i < b.entries; i++)
	{
		if (keys_.may_have_hash(b.hash(i)))
			return true;
	}
	return false;
}

void
digest_search::add(const digested_block &b, blocks &to)
{
	const auto at = std::lower_bound(to.begin(), to.end(), block_content{b.block}, is_before);

	if (at == to.end() || at->block != b.block)
		return;
	at->entries += b.entries;
	for (uint32 i = 0; i < b.entries; i++)
		at->hashes += b.hash(i);
}

/* Server code, as is the next: what the blocks have goes into them. */
void
digest_search::read_blocks(blocks &found, MemoryContext row_cxt,
						   const std::function<void(TupleTableSlot *)> &take) const
{
	TableScanDesc scan = nullptr;
	size_t at = 0, end = 0;

	/* blocks that lie side by side are read as one range */
	auto to_next_range = [&, this] {
		if (end == found.size())
			return false;
		at = end++;
		while (end < found.size() && found[end].block == found[end - 1].block + 1)
			end++;
		go_to(scan, found[at].block, found[end - 1].block);
		return true;
	};

	each_entry(
		source_.rel(), snapshot_, row_cxt,
		[&](TupleTableSlot *entry) {
			while (scan == nullptr ||
				   !table_scan_getnextslot_tidrange(scan, ForwardScanDirection, entry))
			{
				if (!to_next_range())
					return false;
			}
			return true;
		},
		[&, this](TupleTableSlot *entry) {
			const uint32 hash = key_of_entry_.of(entry);

			while (found[at].block != ItemPointerGetBlockNumber(&entry->tts_tid))
				at++;
			found[at].entries++;
			found[at].hashes += hash;
			if (keys_.may_have_hash(hash))
				take(entry);
		});
	if (scan)
		table_endscan(scan);
}

void
digest_search::go_to(TableScanDesc &scan, BlockNumber from, BlockNumber to) const
{
	ItemPointerData first, last;

	ItemPointerSet(&first, from, FirstOffsetNumber);
	ItemPointerSet(&last, to, MaxOffsetNumber);
	if (scan)
		table_rescan_tidrange(scan, &first, &last);
	else
		scan = table_beginscan_tidrange(source_.rel(), snapshot_, &first, &last);
}

} // namespace migsafe
