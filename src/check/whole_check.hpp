/*
 * whole_check.hpp
 *		Checks that no single row can answer.
 */
#pragma once

#include "table/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

constexpr size_t samples_wanted = 10;

/* What came of a check. */
struct check_result
{
	bool passed = true;
	std::optional<int64> total_rows; /* nothing for a check that counts no rows */
	int64 failed_rows = 0;
	std::vector<std::string> sample_keys; /* JSON, up to ten */
	std::string message;                  /* why it failed, or what was measured; may be empty */
};

class whole_check
{
public:
	whole_check() = default;
	virtual ~whole_check() = default;
	whole_check(const whole_check &) = delete;
	whole_check &operator=(const whole_check &) = delete;

	/* Does it speak of the target's rows, so that their number says something? */
	[[nodiscard]] virtual bool counts_rows() const = 0;
	/* What a CHECK constraint cannot say, and what to use instead. */
	[[nodiscard]] virtual std::string instead_of_constraint() const = 0;

	/* Test what snapshot sees.  An error that a row can cause becomes the message of a failed check. */
	virtual void test(const target &t, Snapshot snapshot, check_result &result) const = 0;
};

/*
 * Queries for rows of the target that fail: how many there are, and the first
 * of them by tableoid and ctid.
 */
struct failing_rows
{
	std::string count, places;
};

/* Run these queries as the caller, and set the result by what they give. */
void count_failures(const target &t, Snapshot snapshot, const failing_rows &failing,
					check_result &result);

/* The keys of the rows that a query names by tableoid and ctid, as the active snapshot sees them. */
std::vector<std::string> keys_of_rows(const target &t, Snapshot snapshot, const std::string &sql);

} // namespace migsafe
