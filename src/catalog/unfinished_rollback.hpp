/*
 * unfinished_rollback.hpp
 *		Online rollbacks that have begun, and stand in the way of what they take back.
 */
#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* It is of a run, of a rollback of that, and so on, and is neither finished nor taken back. */
struct unfinished_rollback
{
	int64 run_id;
	int64 of;  /* what it takes back */
	int steps; /* 1: that is the run; 2: a rollback of the run, and so on by turns */

	[[nodiscard]] bool redoes() const { return steps % 2 == 0; }
	/* What becomes of the run: it " is being taken back", or " is being redone". */
	[[nodiscard]] std::string effect() const;
	/* 55000, as an error of who wants that run; title: what the message calls it */
	[[nodiscard]] failure in_the_way_of(const std::string &title) const;
};

/* All of the run's, the newest first. */
std::vector<unfinished_rollback> unfinished_rollbacks(int64 run_id);
/* The newest. */
std::optional<unfinished_rollback> find_unfinished_rollback(int64 run_id);
/* The same, as the active snapshot sees it. */
std::optional<unfinished_rollback> find_unfinished_rollback_in_snapshot(int64 run_id);
/* 55000 if there is one: what it has done would be nobody's. */
void require_no_unfinished_rollback(int64 run_id);

} // namespace migsafe::catalog
