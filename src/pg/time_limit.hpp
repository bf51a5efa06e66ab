#pragma once

#include "pg/transaction.hpp"

namespace migsafe::pg {

/*
 * A timer that cancels what runs when the time is over, as a cancel of the user
 * would.  Within one another the first to end counts for what is inside.
 */
class time_limit
{
public:
	explicit time_limit(int milliseconds);
	~time_limit() { disarm(); }
	time_limit(const time_limit &) = delete;
	time_limit &operator=(const time_limit &) = delete;

	/* Stop the timer, and take back a cancel of its own that has not been heeded yet. */
	void disarm() noexcept;

	/* Was it this timer, and neither the user nor a timer around it, who cancelled? */
	[[nodiscard]] bool has_cancelled() const noexcept { return cancelled_; }

private:
	time_limit *const outer_;
	const TimestampTz end_;
	bool armed_ = true;
	bool cancelled_ = false;
};

/*
 * Run fn in a read-only subtransaction for so many milliseconds at most; false
 * if that was not enough.  A cancel by the user passes, unless it comes in the
 * moment between the end of the time and the cancel that it leads to.
 */
template <typename Fn>
bool
within(int milliseconds, Fn &&fn)
{
	subtransaction sub(subtransaction::access::read_only);
	time_limit limit(milliseconds);

	try
	{
		fn();
		limit.disarm();
		if (limit.has_cancelled()) /* and nobody minded */
			return false;
		require_nothing_written();
		sub.commit();
		return true;
	}
	catch (const pg_error &e)
	{
		limit.disarm();
		sub.rollback();
		if (e.sqlstate() != ERRCODE_QUERY_CANCELED || !limit.has_cancelled())
			throw;
		return false;
	}
}

} // namespace migsafe::pg
