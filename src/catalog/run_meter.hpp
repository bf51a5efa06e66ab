/*
 * run_meter.hpp
 *		Tells the recorder from time to time how far a run is.
 */
#pragma once

#include "catalog/recorder.hpp"
#include "pg/steady_time.hpp"

#include <exception>
#include <functional>

namespace migsafe::catalog {

/* What became of the rows so far. */
struct row_tally
{
	int64 done = 0, failed = 0, skipped = 0;
};

class run_meter
{
public:
	/* rows_total: an estimate, if there is one.  tally is asked when something is to be told. */
	run_meter(int64 run_id, std::optional<int64> rows_total, std::function<row_tally()> tally);
	/* While an exception passes: tells what was reached when it was thrown. */
	~run_meter();
	run_meter(const run_meter &) = delete;
	run_meter &operator=(const run_meter &) = delete;

	/* What the run does now. */
	void enter(const std::string &phase, std::optional<int64> batch_size = std::nullopt);

	/* After each row; may be called where an ERROR would be caught. */
	void tick()
	{
		if (++rows_since_look_ >= rows_per_look)
			look();
	}

private:
	static constexpr int rows_per_look = 16; /* looking at the clock has its price */

	const int64 run_id_;
	const bool recorded_;
	const std::function<row_tally()> tally_;
	const int exceptions_ = std::uncaught_exceptions();
	run_progress now_;
	int rows_since_look_ = 0;
	const int64 started_ = pg::steady_time();
	int64 told_ = started_;

	void look();
	void tell(int64 at, bool last);
	[[nodiscard]] int64 interval(int64 at) const;
};

/* The rows of a table, as the planner would guess them. */
int64 estimated_rows(const target &t);

} // namespace migsafe::catalog
