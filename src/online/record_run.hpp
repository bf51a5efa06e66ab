#pragma once

#include "catalog/online_run.hpp"
#include "online/pace.hpp"
#include "run/run_request.hpp"

#include <optional>

namespace migsafe::online {

/* What an online run is asked for beyond the arguments of run_safe. */
struct online_request
{
	run_request run;
	int32 workers;
	std::optional<bool> sweep; /* nothing: if there is an only_if */
	std::string pace;          /* JSON text */
	bool has_pace;             /* it was asked for */

	[[nodiscard]] bool sweeps() const { return sweep.value_or(run.only_if.has_value()); }
};

/*
 * From thirteen arguments: those of run_safe, workers, sweep, pace.  22023 and 22004 for
 * what is not allowed.
 */
online_request read_online_request(const pg::arguments &args);

/* 0A000 for a target without a key, or a temporary one. */
void require_online_target(const target &t, const std::vector<AttrNumber> &key);

/* What the call leads to. */
struct recorded_run
{
	int64 run_id;
	bool completed; /* the run of that name was carried out before */
	bool resumed;   /* or was begun before, and not finished */
};

/*
 * Record the run, with an empty undo log, in the present transaction; or find
 * the one of the same name that was asked for the same, with a NOTICE if it is carried
 * out in another way than this call asks for.  The target's properties, the
 * caller's rights, transform, checks and precondition are tested here.  0A000 for a
 * target without a key, or a temporary one.
 */
recorded_run record_run(const online_request &request, bool background);

} // namespace migsafe::online
