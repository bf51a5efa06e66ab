#pragma once

#include "pg/call.hpp"

#include <vector>

namespace migsafe::background {

struct pending_run
{
	int64 run_id;
	Oid role, target;
};

/*
 * The background runs that are not finished, and whose turn it is, as things are now,
 * also under REPEATABLE READ; in the order of their start.  Those that somebody carries
 * out are among them, those of the present transaction are not.  On one table it is
 * the turn of the first; one that was stopped, or as whose role no worker can connect,
 * stands in nobody's way.
 */
std::vector<pending_run> pending_runs();

} // namespace migsafe::background
