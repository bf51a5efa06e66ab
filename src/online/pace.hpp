/*
 * pace.hpp
 *		How fast an online run goes, and what holds it back.
 */
#pragma once

#include "pg/call.hpp"

#include <string>

namespace migsafe::online {

/* Durations are in milliseconds, sizes in bytes. */
struct pace
{
	int64 target_batch_time = 500;            /* what a batch should take */
	int64 batch_size = 1000;                  /* rows of the first batch */
	int64 max_batch_wal = 16'777'216;         /* that a batch writes */
	int64 lock_timeout = 200;                 /* for each lock that a batch waits for */
	double rest = 0.1;                        /* after a batch, as a share of its time */
	int64 max_replay_lag = 10'000;            /* of any standby; 0: any */
	int64 max_replay_lag_bytes = 268'435'456; /* likewise */
	int64 max_archive_backlog = 42;           /* WAL files that wait to be archived; 0: any */
	bool yield_to_waiters = true;             /* to sessions that wait for the run's locks */
	int64 yield_to_autovacuum = 600'000;      /* the longest hold; 0: none */
	std::string hold_while;                   /* a query; empty: none */
	int64 max_hold = 1'800'000;               /* after which the run stops */

	/* As JSON text with all members, which read_pace reads to the same. */
	[[nodiscard]] std::string to_json() const;
};

/*
 * From the argument "pace": an object whose members are those of the struct.  What
 * is not there, or null, is the default.  A duration is a text such as '500 ms'
 * or a number of milliseconds, a size a text such as '16MB' or a number of
 * bytes.  What may be 0 may be false as well: off; and true, the default.
 * 22023 for all that is wrong with it.
 */
pace read_pace(Jsonb *document);
pace read_pace(const std::string &json);

/* Another pace with what the document says; a null gives a member its default. */
pace merged(const pace &before, Jsonb *changes);

} // namespace migsafe::online
