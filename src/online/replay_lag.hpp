#pragma once

#include "pg/call.hpp"

#include <deque>
#include <optional>
#include <string>

namespace migsafe::online {

/* How far a standby is behind. */
struct lag
{
	std::string standby;
	int64 milliseconds, bytes;
};

/*
 * The lag of standbys behind the run's own commits: how long ago the first one
 * was that a standby has not replayed.  What the standby itself reports stands
 * still while its replay is paused.
 */
class replay_lag
{
public:
	/* A commit record that ends there was written at this time. */
	void committed(XLogRecPtr lsn, int64 at);

	/* Of the standby that is farthest behind, by its milliseconds or bytes against these limits (0: none). */
	std::optional<lag> worst(int64 milliseconds, int64 bytes);

private:
	struct commit
	{
		XLogRecPtr lsn;
		int64 at;
	};
	std::deque<commit> commits_; /* that not every standby has replayed, when last asked */

	[[nodiscard]] int64 milliseconds_behind(XLogRecPtr replayed) const;
	void forget_until(XLogRecPtr replayed);
};

} // namespace migsafe::online
