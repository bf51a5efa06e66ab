/*
 * rollback_counts.hpp
 *		How many rows of a rollback ended how.
 */
#pragma once

#include "rollback/resolution.hpp"

#include <string>

namespace migsafe {

struct rollback_counts
{
	int64 rows = 0, restored = 0, merged = 0, overwritten = 0, unchanged = 0, conflicts = 0,
		  missing = 0;

	void add(outcome what);
	/* A row could not be written after all. */
	void turn_into_conflict(outcome what);
	[[nodiscard]] int64 written() const { return restored + merged + overwritten; }
	[[nodiscard]] int64 skipped() const { return unchanged + missing; }
	/* Why rows were skipped, as a run's result has it. */
	[[nodiscard]] std::string skipped_json() const;
};

} // namespace migsafe
