#include "rollback/undo_scan.hpp"

#include "pg/message.hpp"
#include "pg/transaction.hpp"

namespace migsafe {
namespace {

std::vector<expression>
predicate_of(const rollback_terms &terms)
{
	return {{*terms.rows, "argument \"rows\"", BOOLOID, -1}};
}

std::string
hint_for(const std::optional<undo_piece> &piece)
{
	if (!piece)
		return "Write it so that it holds for any row, by CASE say.";

	const std::string id = std::to_string(piece->rollback_run_id);

	return "What was taken back before stays so. Mend the row, and CALL migsafe.resume_online(" +
		   id + "); or CALL migsafe.rollback_online(" + id +
		   "), which redoes it, and call again with a predicate that holds for any row.";
}

} // namespace

void
require_predicate(const target &t, const rollback_terms &terms)
{
	if (terms.rows)
		(void) row_evaluator(t, predicate_of(terms));
}

undo_scan::undo_scan(const undo_source &source, row_writer &rows, find how)
	: source_(source), rows_(rows), how_(how)
{
	const target &t = source.of();

	if (source.terms().rows)
	{
		predicate_.emplace(t, predicate_of(source.terms()));
		/* of a piece each row is tried when it is met: the whole table would be read for each */
		if (!source.piece())
			chosen_.emplace(t, *source.terms().rows, "rows");
	}
	if (source.is_whole())
		hashes_.emplace(RelationGetDescr(source.rel()));
	pairs_.emplace(t, source.key(), source.joined(chosen_ ? &*chosen_ : nullptr), source.rel(),
				   row_pairs::join::left);
}

bool
undo_scan::next()
{
	while (pairs_->next())
	{
		pg::check_for_interrupts();
		pg::call([this] { meet_entry(); });
		if (!source_.is_wanted(*entry_))
			continue;
		if (find_selected_row(how_))
			return true;
	}
	return false;
}

bool
undo_scan::lock_row()
{
	return find_selected_row(find::to_lock);
}

bool
undo_scan::find_selected_row(find how)
{
	row_.reset();
	if (pairs_->has_target())
		pg::call([=, this] { find_row(how); });
	return is_selected();
}

/* Server code, as are the next two. */
void
undo_scan::meet_entry()
{
	ItemPointerData tid = pairs_->other();

	repeated_ = ItemPointerIsValid(&entry_tid_) && ItemPointerEquals(&tid, &entry_tid_);
	entry_tid_ = tid;

	TupleTableSlot *const slot = fetch_entry();

	entry_.emplace(slot);
	if (repeated_)
		return;
	content_.entries++;
	if (hashes_)
		content_.hash += hashes_->of(slot);
}

TupleTableSlot *
undo_scan::fetch_entry()
{
	TupleTableSlot *const slot = rows_.extra_slot(source_.rel());

	if (!table_tuple_fetch_row_version(source_.rel(), &entry_tid_, rows_.snapshot(), slot))
		pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
						"the undo log was changed while it was being used", nullptr, "Call again.");
	return slot;
}

/* The row as it is now. */
void
undo_scan::find_row(find how)
{
	const size_t leaf_no = pairs_->leaf_no();
	ItemPointerData tid = pairs_->row();
	TupleTableSlot *stored =
		how == find::to_lock ? rows_.lock_newest(leaf_no, &tid) : rows_.fetch(leaf_no, &tid);

	if (stored == nullptr && how == find::to_read) /* changed since the pairs were found */
		stored = rows_.fetch_latest(leaf_no, &tid);
	if (stored == nullptr)
		return;

	TupleTableSlot *const row = rows_.old_in_target_layout(leaf_no, stored);

	slot_getallattrs(row);
	row->tts_tid = tid;
	row_.emplace(present_row{leaf_no, tid, stored, row});
}

/* A row that has changed since it was chosen is tried again, as it is now. */
bool
undo_scan::is_selected()
{
	if (!predicate_)
		return true;
	if (!row_)
		return false;

	ItemPointerData chosen = pairs_->row();

	return (chosen_ && ItemPointerEquals(&chosen, &row_->tid)) || meets_predicate();
}

bool
undo_scan::meets_predicate()
{
	bool meets = false;
	const auto problem = pg::attempt(pg::subtransaction::access::read_only, [&, this] {
		pg::call([&, this] {
			PushCopiedSnapshot(GetTransactionSnapshot());
			predicate_->start(GetActiveSnapshot());

			TupleTableSlot *const value = predicate_->evaluate(row_->row);

			slot_getallattrs(value);
			meets = !value->tts_isnull[0] && DatumGetBool(value->tts_values[0]);
			predicate_->finish();
			PopActiveSnapshot();
		});
	});

	if (problem)
		throw failure(problem->sqlstate, "the predicate \"rows\" failed: " + problem->message)
			.detail(problem->detail.empty() ? "The predicate is: " + *source_.terms().rows
											: problem->detail)
			.hint(hint_for(source_.piece()));
	return meets;
}

} // namespace migsafe
