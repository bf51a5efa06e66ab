#include "run/write_cycle.hpp"

namespace migsafe {
namespace {

constexpr int most_cycles = 10;

} // namespace

cycle_outcome
write_cycle(evaluation &rows, batch_writer &writer, row_batch &batch, error_log &errors,
			LockWaitPolicy wait)
{
	batch_outcome outcome = writer.write(batch, errors);
	cycle_outcome result{outcome.written, std::move(outcome.locked)};

	rows.counts.transformed -= batch.rows() - outcome.written;
	rows.counts.deleted += outcome.deleted;
	rows.counts.suppressed += outcome.suppressed;
	pg::call([&] { batch.clear(); });
	for (const row_place &changed : outcome.changed)
	{
		if (rows.evaluate_newest(batch, changed, wait) == row_lock::held_by_others)
			result.locked.push_back(changed);
	}
	return result;
}

void
cycle_limit::count()
{
	if (++cycles_ > most_cycles)
		throw failure(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION,
					  "rows of table \"" + target_.name() +
						  "\" are changed again each time they are written")
			.detail("A trigger of the table updates the row that fires it.")
			.hint("Let the trigger change NEW, or disable it for the migration.");
}

} // namespace migsafe
