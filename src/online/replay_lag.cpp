#include "online/replay_lag.hpp"

#include "catalog/session.hpp"
#include "pg/steady_time.hpp"

#include <algorithm>

namespace migsafe::online {
namespace {

constexpr int64 together =
	50'000; /* microseconds: commits nearer than that count as the first of them */

struct standby
{
	std::string name;
	XLogRecPtr replayed;
	int64 bytes;
};

/*
 * Standbys, that is: neither backups and pg_receivewal, which replay nothing,
 * nor subscribers, which have a logical slot.
 */
std::vector<standby>
standbys()
{
	std::vector<standby> found;
	catalog::session s;

	for (const pg::text_row &row :
		 s->query("SELECT r.application_name, pg_wal_lsn_diff(r.replay_lsn, '0/0')::bigint,"
				  " pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint"
				  " FROM pg_stat_replication r WHERE r.replay_lsn IS NOT NULL AND NOT EXISTS"
				  " (SELECT FROM pg_replication_slots l WHERE l.active_pid = r.pid AND l.slot_type "
				  "= 'logical')"
				  " ORDER BY r.application_name, r.pid"))
		found.push_back(
			{*row[0], static_cast<XLogRecPtr>(std::stoull(*row[1])), std::stoll(*row[2])});
	return found;
}

/* How many times the limit; without one, none. */
double
excess(int64 found, int64 limit)
{
	return limit > 0 ? static_cast<double>(found) / static_cast<double>(limit) : 0;
}

} // namespace

void
replay_lag::committed(XLogRecPtr lsn, int64 at)
{
	if (!commits_.empty() && at - commits_.back().at < together)
		commits_.back().lsn = lsn;
	else
		commits_.push_back({lsn, at});
}

int64
replay_lag::milliseconds_behind(XLogRecPtr replayed) const
{
	const auto first = std::find_if(commits_.begin(), commits_.end(),
									[=](const commit &c) { return c.lsn > replayed; });

	return first == commits_.end() ? 0 : (pg::steady_time() - first->at) / 1000;
}

void
replay_lag::forget_until(XLogRecPtr replayed)
{
	while (!commits_.empty() && commits_.front().lsn <= replayed)
		commits_.pop_front();
}

std::optional<lag>
replay_lag::worst(int64 milliseconds, int64 bytes)
{
	std::optional<lag> found;
	double most = 1;
	XLogRecPtr everywhere = PG_UINT64_MAX;

	for (const standby &s : standbys())
	{
		const int64 behind = milliseconds_behind(s.replayed);
		const double times = std::max(excess(behind, milliseconds), excess(s.bytes, bytes));

		everywhere = std::min(everywhere, s.replayed);
		if (times <= most)
			continue;
		most = times;
		found = lag{s.name, behind, s.bytes};
	}
	forget_until(everywhere);
	return found;
}

} // namespace migsafe::online
