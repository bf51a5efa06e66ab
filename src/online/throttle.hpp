/*
 * throttle.hpp
 *		What holds an online run back between two batches.
 */
#pragma once

#include "online/pace.hpp"
#include "online/replay_lag.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::online {

/* Why the run waits. */
struct hold
{
	enum class kind { replay_lag, archive_backlog, autovacuum, query };

	kind what;
	std::string reason; /* as in: replay lag of standby "s1": 12 s, 300 MB */
};

/* Each process that writes batches has one. */
class throttle
{
public:
	/* tables: the target, and the leaves that are written; run_id: for what errors advise */
	throttle(const pace &p, std::vector<Oid> tables, int64 run_id);

	void change_pace(const pace &p) { pace_ = p; }

	/* The run was paused, and goes on: that it was held back before no longer counts. */
	void forget_holds() { held_since_ = vacuum_since_ = 0; }

	/* A batch was committed, and its commit record ends there: XactLastCommitEnd. */
	void committed(XLogRecPtr lsn);

	/*
	 * Between batches, in a transaction of its own: what holds the run back, if
	 * anything does.  Yields to autovacuum for as long as the pace says, and then no
	 * more until it is done.  55000 if the run has been held back without a
	 * break by anything else for longer than max_hold; what the query of hold_while raises, named.
	 */
	std::optional<hold> check();

private:
	pace pace_;
	const std::vector<Oid> tables_;
	const int64 run_id_;
	replay_lag replay_lag_;
	int64 held_since_ = 0, vacuum_since_ = 0; /* 0: not */

	[[nodiscard]] failure held_too_long(const std::string &reason) const;
	std::optional<hold> find();
	std::optional<hold> replay_hold();
	std::optional<hold> archive_hold();
	std::optional<hold> vacuum_hold();
	std::optional<hold> query_hold();
};

/* What the query of hold_while raises, named, as the caller and under his search_path. */
void try_hold_query(const pace &p);

/* How many sessions wait for a lock that this process has. */
int64 sessions_waiting_behind(int pid);

} // namespace migsafe::online
