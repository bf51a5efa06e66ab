#include "run/undo_digest.hpp"

#include "catalog/undo_digest.hpp"
#include "run/undo_layout.hpp"

#include <algorithm>
#include <utility>

namespace migsafe {
namespace {

/* A row of the catalog: the fewer, the less they cost; the smaller, the less memory does it take to read one. */
constexpr int bytes_per_row = 32768;

/* What comes before the hashes of a block. */
struct block_header
{
	BlockNumber block;
	uint32 entries;
};

} // namespace

undo_digest::undo_digest(const target &t, int64 run_id, const std::vector<AttrNumber> &key)
	: run_id_(run_id)
{
	std::vector<std::pair<AttrNumber, int>> places;
	std::vector<AttrNumber> columns;
	std::vector<int> positions;

	places.reserve(key.size());
	for (const AttrNumber attnum : key)
		places.emplace_back(attnum,
							undo_layout(key.size()).key - 1 + static_cast<int>(places.size()));
	/* in the order that a rollback has them */
	std::sort(places.begin(), places.end());
	for (const auto &[attnum, position] : places)
	{
		columns.push_back(attnum);
		positions.push_back(position);
	}
	hash_.emplace(t, columns);
	is_kept_ =
		hash_->lasts() && t.persistence() != RELPERSISTENCE_TEMP && catalog::has_undo_digests();
	if (!is_kept_)
		return;
	of_entry_.emplace(*hash_, positions);

	pg::memory_scope scope(cxt_.get());

	pg::call([this] { initStringInfo(&bytes_); });
}

void
undo_digest::begin_batch()
{
	bytes_.len = kept_bytes_;
	last_block_ = -1;
}

void
undo_digest::add(TupleTableSlot *entry)
{
	const BlockNumber block = ItemPointerGetBlockNumber(&entry->tts_tid);
	const uint32 hash = of_entry_->of(entry);

	if (bytes_.len == kept_bytes_)
		first_entry_ = DatumGetInt64(entry->tts_values[undo_seq - 1]);
	if (last_block_ < 0 ||
		reinterpret_cast<const block_header *>(bytes_.data + last_block_)->block != block)
		begin_block(block);
	appendBinaryStringInfo(&bytes_, reinterpret_cast<const char *>(&hash), sizeof(hash));
	reinterpret_cast<block_header *>(bytes_.data + last_block_)->entries++;
	if (bytes_.len - kept_bytes_ >= bytes_per_row)
		write_batch();
}

void
undo_digest::begin_block(BlockNumber block)
{
	const block_header header{block, 0};

	last_block_ = bytes_.len;
	appendBinaryStringInfo(&bytes_, reinterpret_cast<const char *>(&header), sizeof(header));
}

/* Server code.  What was kept stays here: the batch may be rolled back, and this row with it. */
void
undo_digest::write_batch()
{
	catalog::insert_undo_digest(run_id_, first_entry_, bytes_.data + kept_bytes_,
								bytes_.len - kept_bytes_);
	begin_batch();
}

void
undo_digest::keep_batch()
{
	if (kept_bytes_ == 0)
		first_kept_ = first_entry_;
	kept_bytes_ = bytes_.len;
	if (kept_bytes_ >= bytes_per_row)
		finish();
}

void
undo_digest::finish()
{
	if (kept_bytes_ > 0)
		pg::call([this] {
			catalog::insert_undo_digest(run_id_, first_kept_, bytes_.data, kept_bytes_);
		});
	kept_bytes_ = 0;
	begin_batch();
}

int64
read_undo_digest(int64 run_id, const std::function<void(const digested_block &)> &show)
{
	int64 entries = 0;
	bool is_whole = true;

	catalog::each_undo_digest(run_id, [&](const char *bytes, size_t size) {
		const char *const end = bytes + size;

		while (is_whole && bytes < end)
		{
			block_header header{};
			const auto left = static_cast<size_t>(end - bytes);

			if (left >= sizeof(header))
				memcpy(&header, bytes, sizeof(header));
			is_whole =
				header.entries > 0 && header.entries <= (left - sizeof(header)) / sizeof(uint32);
			if (!is_whole)
				return;
			show({header.block, header.entries, bytes + sizeof(header)});
			entries += header.entries;
			bytes += sizeof(header) + header.entries * sizeof(uint32);
		}
	});
	return is_whole ? entries : -1;
}

} // namespace migsafe
