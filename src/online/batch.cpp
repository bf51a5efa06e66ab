#include "online/batch.hpp"

#include "catalog/deferred_row.hpp"
#include "catalog/session.hpp"
#include "online/target_now.hpp"
#include "pg/snapshot.hpp"
#include "rollback/rollback_request.hpp"
#include "run/transform.hpp"
#include "run/undo_fields.hpp"
#include "run/write_cycle.hpp"
#include "table/row_key.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <limits>

namespace migsafe::online {
namespace {

/*
 * A batch that fails so often on writing is given up and made smaller: together
 * with its surviving subtransactions its attempts stay below 60.
 */
constexpr int most_attempts = 50;

/* The rows of a batch: where they lie, and how they are called if they had been put off. */
struct chosen_rows
{
	std::vector<row_place> places;
	std::vector<key_text> keys; /* [place]; empty for a range */
	int64 missing = 0;          /* rows that had been put off, and are gone */
	bool to_the_end = false;    /* there are no more */
};

const char *
reason_of(rows_of which)
{
	return which == rows_of::fresh ? "new" : "locked";
}

class batch_of_transform
{
public:
	batch_of_transform(const batch_task &task, const target &t, catalog::run_part &part)
		: task_(task), run_(task.context.run), target_(t), part_(part),
		  transform_(
			  parse_transform(t, reinterpret_cast<Jsonb *>(pg::value::json(run_.transform).datum))),
		  key_(t, key_now(t, run_, transform_.columns))
	{
	}

	int64 carry_out()
	{
		require_no_update_action(target_, transform_.columns);
		target_.require_updatable(transform_.columns);
		target_.require_writable_in_place(CMD_UPDATE);

		const session_guard guard(target_);

		target_.lock(RowExclusiveLock);

		const pg::registered_snapshot snapshot;
		const pg::active_snapshot active(snapshot.get());
		chosen_rows chosen = choose();
		listed_rows source(target_, snapshot.get(), chosen.places);
		error_log errors(
			target_, key_.columns(), run_.run_id,
			{part_.counts.failed, part_.part + 1, static_cast<int64>(task_.context.parts)},
			task_.room);
		evaluation_options options;

		options.stop_at = task_.stop_at;

		evaluation rows(target_, transform_, run_.only_if, snapshot.get(), source, errors, options);

		migrate(chosen, source, rows, errors);
		return rows.counts.seen + chosen.missing;
	}

private:
	const batch_task &task_;
	const catalog::run_record &run_;
	const target &target_;
	catalog::run_part &part_;
	const transform transform_;
	const row_key key_;
	int64 put_off_ = 0;

	[[nodiscard]] chosen_rows choose() const
	{
		chosen_rows chosen;

		if (task_.which != rows_of::range)
			return choose_put_off();
		chosen.places = key_.rows_between(part_.last_done ? part_.last_done : part_.first_key,
										  *part_.last_key, task_.size);
		chosen.to_the_end = static_cast<int64>(chosen.places.size()) < task_.size;
		return chosen;
	}

	[[nodiscard]] chosen_rows choose_put_off() const
	{
		chosen_rows chosen;
		std::vector<key_text> gone;

		for (const key_text &key :
			 catalog::deferred_rows(run_.run_id, reason_of(task_.which), task_.size))
		{
			if (const auto place = key_.row_with(key))
			{
				chosen.places.push_back(*place);
				chosen.keys.push_back(key);
			}
			else
				gone.push_back(key);
		}
		chosen.missing = static_cast<int64>(gone.size());
		catalog::forget_deferred(run_.run_id, gone);
		return chosen;
	}

	void migrate(const chosen_rows &chosen, listed_rows &source, evaluation &rows,
				 error_log &errors)
	{
		row_batch batch(target_, transform_.columns);

		(void) rows.fill(&batch, std::numeric_limits<int64>::max());
		settle(chosen, source, rows.counts.seen, errors);

		const int64 written = write(source, rows, batch, errors);

		pg::call([&] { batch.close(); });
		part_.counts += {rows.counts.seen + chosen.missing - put_off_,
						 written,
						 errors.count(),
						 rows.counts.only_if,
						 rows.counts.unchanged,
						 rows.counts.deleted + chosen.missing,
						 rows.counts.suppressed};
	}

	/* How far this batch comes: before the rows are written, while the last one is at hand. */
	void settle(const chosen_rows &chosen, const listed_rows &source, int64 seen,
				const error_log &errors)
	{
		const bool all_passed = source.passed() == chosen.places.size();

		if (task_.which != rows_of::range)
		{
			catalog::forget_deferred(
				run_.run_id, {chosen.keys.begin(),
							  chosen.keys.begin() + static_cast<ptrdiff_t>(source.passed())});
			return;
		}
		if (seen > 0)
			part_.last_done = key_.text_of(source.row());
		part_.done = chosen.to_the_end && all_passed && !errors.is_full();
	}

	int64 write(listed_rows &source, evaluation &rows, row_batch &batch, error_log &errors)
	{
		const int32 parts = task_.context.parts;
		undo_log undo(target_, run_, key_.columns(),
					  {part_.counts.written * parts + part_.part + 1, parts});
		write_options options;

		options.wait = task_.wait;
		options.max_attempts = most_attempts;
		options.batches_before = part_.batches * parts + part_.part;
		options.batch_step = parts;

		batch_writer writer(target_, transform_.columns, undo, options);
		cycle_limit cycles(target_);
		int64 written = 0;

		for (; batch.rows() > 0; cycles.count())
		{
			const cycle_outcome outcome = write_cycle(rows, writer, batch, errors, task_.wait);

			written += outcome.written;
			put_off(source, outcome.locked);
		}
		part_.batches += std::max(writer.batches(), 1);
		part_.undo_hash += undo.finish();
		return written;
	}

	void put_off(listed_rows &source, const std::vector<row_place> &locked)
	{
		for (const row_place &place : locked)
		{
			pg::call([&] { source.look_at(place); });
			catalog::defer(run_.run_id, key_.text_of(source.row()), reason_of(task_.which));
			put_off_++;
		}
	}
};

} // namespace

int64
transform_batch(const batch_task &task, catalog::run_part &part)
{
	const pg::local_settings patience(
		std::vector<pg::setting>{{"lock_timeout", std::to_string(task.lock_timeout)}});
	const pg::local_settings as_written(task.context.settings,
										pg::local_settings::if_refused::warning);
	const target t(target_of(task.context.run), "run_id", AccessShareLock);

	require_columns_as_recorded(t, task.context.run, task.context.dropped);
	t.require_readable();
	return batch_of_transform(task, t, part).carry_out();
}

} // namespace migsafe::online
