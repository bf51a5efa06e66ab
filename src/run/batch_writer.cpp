#include "run/batch_writer.hpp"

#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/transaction.hpp"
#include "run/batch_size.hpp"

#include <algorithm>

namespace migsafe {
namespace {

bool
may_change_after(const target &t)
{
	return std::any_of(t.leaves().begin(), t.leaves().end(),
					   [](const leaf &l) { return l.has_after_update_trigger(); }) ||
		   (t.partitioned() && t.rel()->trigdesc && t.rel()->trigdesc->trig_update_after_statement);
}

/* For a run that can make its batches smaller. */
failure
indivisible()
{
	return failure(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "too many rows of a batch fail to be written")
		.hint("Smaller batches find them.");
}

/*
 * How many parts may stand at once while guilty rows are searched: with them no
 * more than 64 subtransactions, beyond which readers would suffer.
 */
size_t
parts_at_once()
{
	return static_cast<size_t>(
		std::max(2, PGPROC_MAX_CACHED_SUBXIDS - 2 - pg::writing_subtransactions()));
}

} // namespace

batch_writer::batch_writer(const target &t, const std::vector<AttrNumber> &columns, undo_log &undo,
						   const write_options &options)
	: target_(t), columns_(columns), undo_(undo), options_(options),
	  writer_(t, options.fire, columns, options.wait),
	  after_triggers_(options.fire == triggers::all && may_change_after(t))
{
}

batch_outcome
batch_writer::write(row_batch &batch, error_log &errors)
{
	const range whole{0, batch.rows()};

	/* no subtransaction left for this transaction: rehearse in one, then write without */
	const bool in_place = pg::writing_subtransactions() >= max_writing_subtransactions;

	batches_++;
	attempts_ = 0;
	guilty_.clear();
	fates_.assign(static_cast<size_t>(batch.rows()), fate::pending);

	std::optional<pg::subtransaction> rehearsal;

	if (in_place)
		rehearsal.emplace();

	std::optional<pg::row_failure> problem = try_range(batch, whole);

	while (problem)
	{
		const size_t known = guilty_.size();

		isolate(batch, *problem, errors);
		if (guilty_.size() == known && options_.max_attempts > 0 && batch.rows() > 1)
			throw indivisible();
		if (guilty_.size() == known)
			throw failure(problem->sqlstate, problem->message)
				.detail(problem->detail)
				.hint("The batch fails as a whole, though none of its rows fails by itself.");
		if (errors.exceeded_by(guilty_.size()))
			break;
		problem = try_range(batch, whole);
	}
	if (in_place)
	{
		rehearsal->rollback();
		if (!problem)
			pg::call([&, this] { write_rows(batch, whole); });
	}
	if (!problem)
		undo_.keep_batch();
	report_guilty(batch, errors);
	return collect(batch);
}

std::optional<pg::row_failure>
batch_writer::try_range(row_batch &batch, range r)
{
	current_ = -1;
	if (options_.max_attempts > 0 && ++attempts_ > options_.max_attempts)
		throw indivisible();
	return pg::attempt(pg::subtransaction::access::read_write, [&, this] {
		pg::fault_point("write");
		pg::call([&, this] { write_rows(batch, r); });
	});
}

int32
batch_writer::batch_number() const
{
	return options_.batches_before + 1 + (batches_ - 1) * options_.batch_step;
}

/* Server code, as are the next two. */
void
batch_writer::write_rows(row_batch &batch, range r)
{
	writer_.begin();
	undo_.begin_batch(batch_number());
	written_.clear();
	batch.seek(r.from);
	for (int64 i = r.from; i < r.to && batch.next(); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (fates_[i] == fate::failed)
			continue;
		current_ = i;
		fates_[i] = write_row(batch);
	}
	current_ = -1;
	writer_.finish();
	CommandCounterIncrement();
	record_final_images();
	undo_.end_batch();
	CommandCounterIncrement();
}

batch_writer::fate
batch_writer::write_row(row_batch &batch)
{
	const size_t leaf_no = batch.leaf_no();
	ItemPointerData tid = *batch.tid();
	TupleTableSlot *const before = writer_.fetch(leaf_no, &tid);

	if (before == nullptr)
		return fate::changed;

	TupleTableSlot *const after = writer_.copy_of(leaf_no, before);

	for (size_t i = 0; i < columns_.size(); i++)
	{
		const int c = target_.leaves()[leaf_no].from_target[columns_[i] - 1] - 1;

		after->tts_values[c] = batch.values()[i];
		after->tts_isnull[c] = batch.nulls()[i];
	}
	switch (writer_.update(leaf_no, &tid, after))
	{
		case write_outcome::suppressed:
			return fate::suppressed;
		case write_outcome::changed:
			return fate::changed;
		case write_outcome::deleted:
			return fate::deleted;
		case write_outcome::locked:
			return fate::locked;
		case write_outcome::written:
			break;
	}
	current_ = -1; /* what fails from here on may concern rows before */
	if (after_triggers_)
		written_.push_back({leaf_no, tid, after->tts_tid});
	else
		undo_.append(leaf_no, writer_.old_in_target_layout(leaf_no, before),
					 writer_.new_in_target_layout(leaf_no, after), batch.hashes());
	return fate::written;
}

/*
 * Server code.  Where AFTER triggers may have changed the rows once more, the
 * before-image is the difference to what they left.
 */
void
batch_writer::record_final_images()
{
	if (written_.empty())
		return;

	writer_.begin_reading();
	for (const written_row &w : written_)
	{
		ItemPointerData old_tid = w.old_tid, new_tid = w.new_tid;
		TupleTableSlot *const before = writer_.fetch_any(w.leaf_no, &old_tid);
		TupleTableSlot *const after = writer_.fetch_latest(w.leaf_no, &new_tid);

		if (after == nullptr)
			pg::raise_error(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION,
							"a trigger deleted a row that was being migrated", nullptr,
							"Disable the trigger for the migration.");
		undo_.append(w.leaf_no, writer_.old_in_target_layout(w.leaf_no, before),
					 writer_.new_in_target_layout(w.leaf_no, after));
	}
	writer_.finish_reading();
}

/*
 * Find rows that make the batch fail.  Parts that can be written stay written
 * while the others are tried, since a row may fail only beside another one; in
 * the end all of it is rolled back.
 */
void
batch_writer::isolate(row_batch &batch, const pg::row_failure &first, const error_log &errors)
{
	std::vector<range> todo, done;
	std::optional<pg::subtransaction> trial;
	int64 merged_to = -1;
	size_t merged_guilty = 0;

	split({0, batch.rows()}, first, todo);
	trial.emplace();
	while (!todo.empty() && !errors.exceeded_by(guilty_.size()))
	{
		const range r = todo.back();

		todo.pop_back();
		if (const auto problem = try_range(batch, r))
			split(r, *problem, todo);
		else if (done.push_back(r); done.size() >= parts_at_once() && !todo.empty())
		{
			/* what was merged once, and is in parts again with nobody to blame, fails as a whole */
			if (r.to <= merged_to && guilty_.size() == merged_guilty)
				break;
			merged_to = r.to;
			merged_guilty = guilty_.size();
			/* too many parts: write what is known to be good once more, as one */
			trial->rollback();
			trial.emplace();
			done.clear();
			todo.push_back({0, r.to});
		}
	}
	trial->rollback();
}

void
batch_writer::convict(int64 row_no, const pg::row_failure &problem)
{
	if (fates_[row_no] == fate::failed)
		return; /* known already: it is not this row that makes the batch fail */
	fates_[row_no] = fate::failed;
	guilty_.push_back({row_no, problem});
}

bool
batch_writer::has_rows_to_write(range r) const
{
	return std::any_of(fates_.begin() + r.from, fates_.begin() + r.to,
					   [](fate f) { return f != fate::failed; });
}

/* Put the rest of a failed range on the list, its first part last. */
void
batch_writer::split(range r, const pg::row_failure &problem, std::vector<range> &todo)
{
	int64 guilty = current_;

	if (guilty < 0 && r.to - r.from == 1)
		guilty = r.from;

	range first{r.from, guilty}, second{guilty + 1, r.to};

	if (guilty >= 0)
		convict(guilty, problem);
	else
		first.to = second.from = r.from + (r.to - r.from) / 2;

	for (const range &part : {second, first})
	{
		if (has_rows_to_write(part))
			todo.push_back(part);
	}
}

void
batch_writer::report_guilty(row_batch &batch, error_log &errors)
{
	if (guilty_.empty())
		return;
	std::sort(guilty_.begin(), guilty_.end(),
			  [](const guilty_row &a, const guilty_row &b) { return a.row_no < b.row_no; });
	pg::call([this] { writer_.begin_reading(); });
	for (const guilty_row &g : guilty_)
	{
		TupleTableSlot *const row = pg::call([&, this] {
			batch.seek(g.row_no);
			(void) batch.next();

			TupleTableSlot *const stored = writer_.fetch_any(batch.leaf_no(), batch.tid());
			TupleTableSlot *const converted = writer_.old_in_target_layout(batch.leaf_no(), stored);

			converted->tts_tid = *batch.tid();
			converted->tts_tableOid = stored->tts_tableOid;
			return converted;
		});

		errors.add(g.problem, row);
	}
	pg::call([this] { writer_.finish_reading(); });
}

batch_outcome
batch_writer::collect(row_batch &batch) const
{
	batch_outcome outcome;

	for (const fate f : fates_)
	{
		outcome.written += f == fate::written;
		outcome.suppressed += f == fate::suppressed;
		outcome.deleted += f == fate::deleted;
		outcome.failed += f == fate::failed;
	}
	for (const guilty_row &g : guilty_)
		outcome.failed_rows.push_back(g.row_no);
	if (std::none_of(fates_.begin(), fates_.end(),
					 [](fate f) { return f == fate::changed || f == fate::locked; }))
		return outcome;
	pg::call([&] { batch.seek(0); });
	for (const fate f : fates_)
	{
		pg::call([&] { (void) batch.next(); });
		if (f == fate::changed)
			outcome.changed.push_back({batch.leaf_no(), *batch.tid()});
		else if (f == fate::locked)
			outcome.locked.push_back({batch.leaf_no(), *batch.tid()});
	}
	return outcome;
}

} // namespace migsafe
