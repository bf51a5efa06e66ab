#include "rollback/undo_scan.hpp"

#include "pg/message.hpp"
#include "pg/transaction.hpp"
#include "rollback/rollback_request.hpp"

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

undo_scan::undo_scan(const undo_source &source, row_reader &rows, find how)
	: source_(source), rows_(rows), how_(how), hashes_(RelationGetDescr(source.rel()))
{
	const target &t = source.of();

	if (source.terms().rows)
		predicate_.emplace(t, predicate_of(source.terms()));
	choice_.emplace(source);
	pairs_.emplace(t, source.key(), source.rel(), row_pairs::join::left);
	if (undo_walk::is_worthwhile(source))
		walk_.emplace(source);
	else
		pairs_->open(source.joined(choice_->entries(), choice_->rows()));
}

std::optional<catalog::undo_content>
undo_scan::log_content() const
{
	if (source_.is_whole())
		return content_;
	if (choice_->is_by_digest())
		return std::nullopt;
	return choice_->log_content() ? *choice_->log_content() : add_up_undo_hashes(source_.rel());
}

bool
undo_scan::next()
{
	while (find_entry())
	{
		pg::check_for_interrupts();
		pg::call([this] { meet_entry(); });
		require_unaltered();
		if (!source_.is_wanted(*entry_))
			continue;
		if (find_selected_row(how_))
			return true;
	}
	return false;
}

bool
undo_scan::find_entry()
{
	if (walk_ && walk_on())
		return true;
	if (walk_ || !pairs_->next())
		return false;
	found(pairs_->other(),
		  pairs_->has_target()
			  ? std::optional<row_place>(row_place{pairs_->leaf_no(), pairs_->row()})
			  : std::nullopt,
		  pairs_->is_back());
	return true;
}

/* To the next entry, as long as the walk goes; from where it ends the pairs go on. */
bool
undo_scan::walk_on()
{
	if (walk_->next())
	{
		found(walk_->entry()->tts_tid, walk_->place(), false);
		return true;
	}
	if (!walk_->rest().empty())
	{
		counterpart rest = source_.joined(nullptr, nullptr);

		rest.filter = walk_->rest();
		walk_.reset();
		pairs_->open(rest);
	}
	return false;
}

void
undo_scan::found(ItemPointerData entry, const std::optional<row_place> &place, bool is_back)
{
	repeated_ = ItemPointerIsValid(&entry_tid_) && ItemPointerEquals(&entry, &entry_tid_);
	entry_tid_ = entry;
	place_ = place;
	is_back_ = is_back;
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
	if (place_)
		pg::call([=, this] { find_row(how); });
	return is_selected();
}

/* Server code, as are the next two. */
void
undo_scan::meet_entry()
{
	TupleTableSlot *const slot = fetch_entry();

	entry_.emplace(slot, source_.layout());
	if (repeated_)
		return;

	const hash128 hash = hashes_.of(slot);

	altered_ = entry_hash::written_in(slot) != hash;
	content_.entries++;
	content_.hash += hash;
}

void
undo_scan::require_unaltered() const
{
	if (altered_)
		throw altered_since(
			source_.run(),
			"Its entry " + std::to_string(entry_->seq()) + " is not as the run wrote it.",
			source_.piece() ? "What was taken back before stays so." : nothing_changed);
}

TupleTableSlot *
undo_scan::fetch_entry()
{
	if (walk_)
		return walk_->entry();

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
	const size_t leaf_no = place_->leaf_no;
	ItemPointerData tid = place_->tid;
	TupleTableSlot *const stored = fetch_row(how, &tid);

	if (stored == nullptr)
		return;

	/* what is there by its old content only must not be written, whatever it has become */
	if (is_back_ && !ItemPointerEquals(&place_->tid, &tid))
		return;

	TupleTableSlot *const row = rows_.old_in_target_layout(leaf_no, stored);

	slot_getallattrs(row);
	row->tts_tid = tid;
	row_.emplace(present_row{leaf_no, tid, stored, row});
}

/* tid is set to the version that it finds; nullptr if there is none any more. */
TupleTableSlot *
undo_scan::fetch_row(find how, ItemPointer tid)
{
	if (how == find::to_lock)
		return rows_.lock_newest(place_->leaf_no, tid);
	if (walk_ && walk_->row())
		return walk_->row()->stored();

	TupleTableSlot *const stored = rows_.fetch(place_->leaf_no, tid);

	/* or it was changed since it was found */
	return stored ? stored : rows_.fetch_latest(place_->leaf_no, tid);
}

/* A row that has changed since it was chosen is tried again, as it is now. */
bool
undo_scan::is_selected()
{
	if (!predicate_)
		return true;
	if (!row_)
		return false;

	return (choice_->rows() && ItemPointerEquals(&place_->tid, &row_->tid)) || meets_predicate();
}

bool
undo_scan::meets_predicate()
{
	return pg::translate_errors(
		[this] {
			const pg::read_only_scope scope;

			return pg::call([this] { return evaluate_predicate(); });
		},
		[this](const pg::pg_error &e) {
			if (!pg::is_row_error(e.sqlstate()))
				throw;
			return failure(e.sqlstate(), std::string("the predicate \"rows\" failed: ") + e.what())
				.detail(*e.detail() ? std::string(e.detail())
									: "The predicate is: " + *source_.terms().rows)
				.hint(hint_for(source_.piece()));
		});
}

/* Server code. */
bool
undo_scan::evaluate_predicate()
{
	PushCopiedSnapshot(GetTransactionSnapshot());
	predicate_->start(GetActiveSnapshot());

	TupleTableSlot *const value = predicate_->evaluate(row_->row);

	slot_getallattrs(value);

	const bool meets = !value->tts_isnull[0] && DatumGetBool(value->tts_values[0]);

	predicate_->finish();
	PopActiveSnapshot();
	return meets;
}

} // namespace migsafe
