/*
 * take_back.hpp
 *		A run taken back in the present transaction.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "check/check.hpp"
#include "rollback/rolling_back.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

struct rollback_options
{
	rollback_terms terms;
	bool dry_run = false;
	check_list checks; /* empty if there are none */
};

struct taken_back
{
	std::optional<int64> run_id; /* of the rollback; nothing of a dry run */
	rollback_counts counts;
	int64 conflicts = 0;
	std::string conflict_rows; /* JSON text; empty if there are none */
	int64 elapsed = 0;         /* microseconds */

	/* As the functions return it: the number, the counts, the conflicts, the time. */
	[[nodiscard]] std::vector<pg::value> values() const;
};

/*
 * ERRORs: 55000 the run does not stand, later runs stand on it, there are
 * conflicts; 55006 somebody is at it; 42501 missing rights; XX001 the undo log was
 * altered; 23514 a check of severity error does not hold afterwards.
 */
taken_back take_back(const catalog::run_record &run, const rollback_options &options);

} // namespace migsafe
