#include "table/bulk_insert.hpp"

extern "C" {
#include "access/hio.h"
}

#include <exception>
#include <utility>

namespace migsafe {
namespace {

constexpr int slots_per_flush = 200;
constexpr size_t bytes_per_flush = 262144;

/* Of an undo log, say, whose owner has made one since: it would lack the rows, and who uses it would not find them. */
void
require_no_index(Relation rel)
{
	if (pg::call([=] { return RelationGetIndexList(rel) != NIL; }))
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  std::string("table \"") + RelationGetRelationName(rel) + "\" has an index")
			.detail("Rows are put there by migsafe, which does not keep indexes.")
			.hint("Drop it. It can be made again when the run has ended.");
}

} // namespace

bulk_inserter::bulk_inserter(Oid relid, std::function<void(TupleTableSlot *)> placed)
	: exceptions_(std::uncaught_exceptions()), rel_(relid, RowExclusiveLock),
	  placed_(std::move(placed)), slots_cxt_("migsafe insert slots"),
	  bulk_cxt_("migsafe bulk insert"), flush_cxt_("migsafe bulk insert flush")
{
	require_no_index(rel_.get());

	pg::memory_scope scope(slots_cxt_.get());

	for (int i = 0; i < slots_per_flush; i++)
		slots_.push_back(pg::call(table_slot_create, rel_.get(), nullptr));
}

bulk_inserter::~bulk_inserter()
{
	if (std::uncaught_exceptions() != exceptions_)
		return;
	for (TupleTableSlot *slot : slots_)
		ExecDropSingleTupleTableSlot(slot);
}

void
bulk_inserter::begin()
{
	empty();
	MemoryContextReset(bulk_cxt_.get());

	/* of this subtransaction: the pin that it keeps would not outlive an abort */
	MemoryContext const saved = MemoryContextSwitchTo(bulk_cxt_.get());

	bulk_ = GetBulkInsertState();
	MemoryContextSwitchTo(saved);
	stay_in_cache_if_small();
}

/*
 * Server code.  A bulk insert passes a small ring of buffers through, to spare those of
 * others.  What is small beside all of them may stay, as when the server scans: it is to be
 * read before long.
 */
void
bulk_inserter::stay_in_cache_if_small()
{
	if (RelationGetNumberOfBlocks(rel()) >= static_cast<BlockNumber>(NBuffers / 4))
		return;
	FreeAccessStrategy(bulk_->strategy);
	bulk_->strategy = nullptr;
}

TupleTableSlot *
bulk_inserter::slot()
{
	return ExecClearTuple(slots_[filled_]);
}

void
bulk_inserter::put(TupleTableSlot *filled)
{
	bool should_free;

	ExecMaterializeSlot(filled);
	filled_bytes_ += ExecFetchSlotHeapTuple(filled, false, &should_free)->t_len;
	if (++filled_ == slots_per_flush || filled_bytes_ > bytes_per_flush)
		flush();
}

void
bulk_inserter::flush()
{
	MemoryContext const saved = MemoryContextSwitchTo(flush_cxt_.get());

	/* always at the end: where rows lie tells in which order they came */
	if (filled_ > 0)
		table_multi_insert(rel(), slots_.data(), filled_, GetCurrentCommandId(true),
						   TABLE_INSERT_SKIP_FSM, bulk_);
	for (int i = 0; placed_ && i < filled_; i++)
		placed_(slots_[i]);
	MemoryContextSwitchTo(saved);
	MemoryContextReset(flush_cxt_.get());
	empty();
}

void
bulk_inserter::empty()
{
	for (int i = 0; i < filled_; i++)
		ExecClearTuple(slots_[i]);
	filled_ = 0;
	filled_bytes_ = 0;
}

void
bulk_inserter::finish()
{
	flush();
	FreeBulkInsertState(bulk_);
	bulk_ = nullptr;
}

} // namespace migsafe
