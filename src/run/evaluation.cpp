#include "run/evaluation.hpp"

#include "pg/message.hpp"
#include "pg/snapshot.hpp"
#include "pg/steady_time.hpp"
#include "pg/value.hpp"
#include "table/image.hpp"
#include "table/row_text.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr int samples_wanted = 10;

/*
 * Server code.  Is this version of a row the work of this transaction?  Of a row
 * that changed since the run began, that can only be a trigger's.
 */
bool
was_written_here(TupleTableSlot *row)
{
	bool null;

	return TransactionIdIsCurrentTransactionId(
		DatumGetTransactionId(slot_getsysattr(row, MinTransactionIdAttributeNumber, &null)));
}

std::vector<expression>
predicate(const std::string &sql)
{
	return {{sql, "argument \"only_if\"", BOOLOID, -1}};
}

} // namespace

evaluation::evaluation(const target &t, const transform &change,
					   const std::optional<std::string> &only_if, Snapshot snapshot,
					   row_source &rows, error_log &errors, const evaluation_options &options)
	: target_(t), transform_(change), key_(t.key(change.columns)), snapshot_(snapshot),
	  errors_(errors), options_(options), rows_(rows), expressions_(t, change.expressions),
	  plain_(t, change.columns), checker_(t, triggers::all, change.columns)
{
	if (only_if)
		only_if_.emplace(t, predicate(*only_if));
}

/*
 * Evaluate in a read-only subtransaction.  True if it ran to its end; if a row
 * failed, that row is recorded.
 */
template <typename Fn>
bool
evaluation::guarded(Fn evaluate)
{
	const auto problem = pg::attempt(
		pg::subtransaction::access::read_only,
		[&, this] {
			pg::call([&, this] {
				start();
				evaluate();
				finish();
			});
		},
		[this] {
			return at_row_ ? "row " + key_label(target_, key_, rows_.row()) + " of table \"" +
								 target_.name() + "\""
						   : std::string();
		});

	if (!problem)
		return true;
	if (!at_row_)
		throw failure(problem->sqlstate, problem->message).detail(problem->detail);
	row_failed(*problem);
	return false;
}

bool
evaluation::fill(row_batch *batch, int64 limit)
{
	bool more = true;

	/* again after each row that fails, in a new subtransaction; the rows so far are kept */
	while (!errors_.is_full() && !guarded([&, this] { more = evaluate_rows(batch, limit); }))
	{
	}
	return more;
}

void
evaluation::start()
{
	PushActiveSnapshot(snapshot_);
	if (only_if_)
		only_if_->start(snapshot_);
	expressions_.start(snapshot_);
	checker_.begin_checking();
}

void
evaluation::finish()
{
	checker_.finish_checking();
	expressions_.finish();
	if (only_if_)
		only_if_->finish();
	PopActiveSnapshot();
}

bool
evaluation::is_time_up() const
{
	return options_.stop_at != 0 && counts.seen > 0 && pg::steady_time() >= options_.stop_at;
}

/* Server code, as are the next functions: false at the end of the table. */
bool
evaluation::evaluate_rows(row_batch *batch, int64 limit)
{
	while ((batch == nullptr || batch->rows() < limit) && !is_time_up())
	{
		CHECK_FOR_INTERRUPTS();
		if (!rows_.next())
			return false;
		counts.seen++;
		evaluate_present(batch);
		show_progress();
	}
	return true;
}

void
evaluation::evaluate_present(row_batch *batch)
{
	at_row_ = true;
	evaluate_row(batch);
	at_row_ = false;
}

void
evaluation::evaluate_row(row_batch *batch)
{
	if (only_if_)
	{
		bool null;
		const Datum holds = slot_getattr(only_if_->evaluate(rows_.row()), 1, &null);

		if (null || !DatumGetBool(holds))
		{
			counts.only_if++;
			return;
		}
	}

	TupleTableSlot *const row = plain_.of(rows_.row());
	TupleTableSlot *const values = expressions_.evaluate(row);

	slot_getallattrs(values);
	if (!put_back_unchanged(row, values))
	{
		counts.unchanged++;
		return;
	}
	check_constraints(values);
	if (batch)
		batch->add(rows_.leaf_no(), rows_.stored()->tts_tid, values, plain_.hashes());
	counts.transformed++;
	if (options_.sample && samples_taken_ < samples_wanted)
		take_sample(values);
}

/*
 * Values that stay as they are go on as they are stored, as in an UPDATE: neither compressed once
 * more nor written to the TOAST table.  False if all stay.
 */
bool
evaluation::put_back_unchanged(TupleTableSlot *row, TupleTableSlot *values)
{
	TupleTableSlot *const stored = rows_.row();
	bool any_changed = false;

	for (size_t i = 0; i < transform_.columns.size(); i++)
	{
		const int c = transform_.columns[i] - 1;

		if (same_image(*TupleDescAttr(target_.descriptor(), c), row->tts_values[c],
					   row->tts_isnull[c], values->tts_values[i], values->tts_isnull[i]))
			values->tts_values[i] = stored->tts_values[c];
		else
			any_changed = true;
	}
	return any_changed;
}

/* NOT NULL, CHECK and partition constraints, unless a BEFORE trigger may change the row first. */
void
evaluation::check_constraints(TupleTableSlot *values)
{
	const leaf &l = target_.leaves()[rows_.leaf_no()];

	if (l.has_before_update_trigger() ||
		(RelationGetDescr(l.rel.get())->constr == nullptr && !l.rel->rd_rel->relispartition))
		return;

	TupleTableSlot *const row = checker_.copy_of(rows_.leaf_no(), rows_.stored());

	for (size_t i = 0; i < transform_.columns.size(); i++)
	{
		const int c = l.from_target[transform_.columns[i] - 1] - 1;

		row->tts_values[c] = values->tts_values[i];
		row->tts_isnull[c] = values->tts_isnull[i];
	}
	checker_.check(rows_.leaf_no(), row);
}

bool
evaluation::left_constraints_to_triggers() const
{
	return std::any_of(target_.leaves().begin(), target_.leaves().end(),
					   [](const leaf &l) { return l.has_before_update_trigger(); });
}

void
evaluation::take_sample(TupleTableSlot *values)
{
	TupleTableSlot *const after =
		pg::call([this] { return MakeSingleTupleTableSlot(target_.descriptor(), &TTSOpsVirtual); });
	TupleTableSlot *const row = rows_.row();
	const int natts = target_.descriptor()->natts;

	std::copy_n(row->tts_values, natts, after->tts_values);
	std::copy_n(row->tts_isnull, natts, after->tts_isnull);
	for (size_t i = 0; i < transform_.columns.size(); i++)
	{
		after->tts_values[transform_.columns[i] - 1] = values->tts_values[i];
		after->tts_isnull[transform_.columns[i] - 1] = values->tts_isnull[i];
	}
	ExecStoreVirtualTuple(after);
	samples_ += (samples_.empty() ? "" : ", ") + std::string("{\"key\": ") +
				key_json(target_, key_, row) +
				", \"before\": " + row_json(target_, row, transform_.columns) +
				", \"after\": " + row_json(target_, after, transform_.columns) + "}";
	samples_taken_++;
	ExecDropSingleTupleTableSlot(after);
}

void
evaluation::row_failed(const pg::row_failure &problem)
{
	at_row_ = false;
	errors_.add(problem, rows_.row());
	show_progress();
}

void
evaluation::show_progress() const
{
	if (meter_)
		meter_->tick();
	if (options_.notice_every == 0 || counts.seen % options_.notice_every != 0)
		return;
	pg::notice("[" + std::to_string(counts.seen) + "/" + std::to_string(options_.rows_expected) +
			   "] " + std::to_string(counts.transformed) + " successful, " +
			   std::to_string(errors_.count()) + " failed, " + std::to_string(counts.skipped()) +
			   " skipped");
}

row_lock
evaluation::evaluate_newest(row_batch &batch, const row_place &place, LockWaitPolicy wait)
{
	const row_lock lock = pg::call([&, this] {
		ItemPointerData tid = place.tid;

		return lock_newest_version(target_.leaves()[place.leaf_no].rel.get(), &tid,
								   rows_.slot_for(place.leaf_no), wait);
	});

	if (lock == row_lock::row_deleted)
		counts.deleted++;
	if (lock != row_lock::taken)
		return lock;
	pg::call([&, this] {
		rows_.take(place.leaf_no);
		if (was_written_here(rows_.stored()))
			counts.changed_by_triggers++;
	});
	(void) guarded([&, this] { evaluate_present(&batch); });
	return lock;
}

void
try_expressions(const target &t, const transform &change, const std::optional<std::string> &only_if)
{
	const pg::registered_snapshot snapshot;
	error_log none(t, {}, std::nullopt, std::nullopt);
	listed_rows no_rows(t, snapshot.get(), {});
	evaluation rows(t, change, only_if, snapshot.get(), no_rows, none, {});

	(void) rows.fill(nullptr, 0);
}

} // namespace migsafe
