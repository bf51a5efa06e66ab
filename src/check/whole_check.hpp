/*
 * whole_check.hpp
 *		Checks that no single row can answer.
 */
#pragma once

#include "table/target.hpp"

#include <optional>
#include <string>
#include <utility>
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
	/* No CHECK constraint can say it: a hint at what can. */
	[[nodiscard]] virtual std::string instead_of_constraint() const
	{
		return "Test it by migsafe.validate_jsonb() from time to time.";
	}

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

/* That there are no such rows. */
class no_failing_rows : public whole_check
{
public:
	no_failing_rows(failing_rows rows, std::string instead)
		: rows_(std::move(rows)), instead_(std::move(instead))
	{
	}

	[[nodiscard]] bool counts_rows() const override { return true; }
	[[nodiscard]] std::string instead_of_constraint() const override { return instead_; }
	void test(const target &t, Snapshot snapshot, check_result &result) const override;

private:
	const failing_rows rows_;
	const std::string instead_;
};

/* The keys of the rows that a query names by tableoid and ctid, as the active snapshot sees them. */
std::vector<std::string> keys_of_rows(const target &t, Snapshot snapshot, const std::string &sql);

} // namespace migsafe
