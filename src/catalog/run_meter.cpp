#include "catalog/run_meter.hpp"

#include "pg/steady_time.hpp"
#include "table/target.hpp"

#include <algorithm>

extern "C" {
#include "optimizer/plancat.h"
}

namespace migsafe::catalog {
namespace {

/* Microseconds: often enough for those who watch, but a long run keeps old versions of its record from being vacuumed. */
constexpr int64 least_interval = 200000, most_interval = 1000000, share_of_run = 300;

/* How much the newest speed counts beside those before. */
constexpr double weight = 0.3;

} // namespace

run_meter::run_meter(int64 run_id, std::optional<int64> rows_total,
					 std::function<row_tally()> tally)
	: run_id_(run_id), recorded_(recorder::records(run_id)), tally_(std::move(tally))
{
	now_.rows_total = rows_total;
}

run_meter::~run_meter()
{
	if (recorded_ && std::uncaught_exceptions() > exceptions_)
		tell(pg::steady_time(), true);
}

void
run_meter::enter(const std::string &phase, std::optional<int64> batch_size)
{
	const bool changed = phase != now_.phase;

	now_.phase = phase;
	if (batch_size)
		now_.batch_size = batch_size;
	if (changed)
		look();
}

void
run_meter::look()
{
	rows_since_look_ = 0;
	if (!recorded_)
		return;

	const int64 at = pg::steady_time();

	if (at - told_ >= interval(at))
		tell(at, false);
}

int64
run_meter::interval(int64 at) const
{
	return std::clamp((at - started_) / share_of_run, least_interval, most_interval);
}

void
run_meter::tell(int64 at, bool last)
{
	const row_tally tally = tally_();

	if (at > told_ && tally.done > now_.rows_done)
	{
		const double speed = static_cast<double>(tally.done - now_.rows_done) /
							 (static_cast<double>(at - told_) / USECS_PER_SEC);

		now_.rows_per_second =
			now_.rows_per_second ? weight * speed + (1 - weight) * *now_.rows_per_second : speed;
	}
	now_.rows_done = tally.done;
	now_.failed_rows = tally.failed;
	now_.skipped_rows = tally.skipped;
	told_ = at;
	recorder::progress(run_id_, now_, last);
}

int64
estimated_rows(const target &t)
{
	double rows = 0;

	for (const leaf &l : t.leaves())
	{
		Relation const rel = l.rel.get();

		rows += pg::call([=] {
			BlockNumber pages;
			double tuples, all_visible;

			estimate_rel_size(rel, nullptr, &pages, &tuples, &all_visible);
			return tuples;
		});
	}
	return static_cast<int64>(rows);
}

} // namespace migsafe::catalog
