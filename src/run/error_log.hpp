/*
 * error_log.hpp
 *		The rows that failed: recorded, reported, and counted against max_errors.
 */
#pragma once

#include "pg/transaction.hpp"
#include "table/target.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* The errors of one part of a run, where several write at once, each in several transactions. */
struct error_numbers
{
	int64 before; /* of this part, already recorded */
	int64 first;  /* the number of its first error */
	int64 step;   /* from one to the next */
};

class error_log
{
public:
	/* Without a run_id nothing is recorded; without a limit nothing is too much. */
	error_log(const target &t, std::vector<AttrNumber> key, std::optional<int64> run_id,
			  std::optional<int64> max_errors)
		: target_(t), key_(std::move(key)), run_id_(run_id), max_errors_(max_errors)
	{
	}

	/*
	 * For a run that stops by itself when it has seen too many: so many more are
	 * taken, and then is_full().
	 */
	error_log(const target &t, std::vector<AttrNumber> key, int64 run_id,
			  const error_numbers &numbers, int64 room)
		: target_(t), key_(std::move(key)), run_id_(run_id), numbers_(numbers), room_(room)
	{
	}

	/*
	 * Record the failure of a row, given in the target's layout.  Outside of any
	 * subtransaction that may be rolled back.  22000 when there are too many.
	 */
	void add(const pg::row_failure &problem, TupleTableSlot *row);
	/* The same for a row that cannot be found; key: JSON text that tells it. */
	void add_lost(const pg::row_failure &problem, const std::string &key);

	/* How messages say what became of a row: "failed", unless told otherwise. */
	void say(const char *what) { what_ = what; }
	/* Let somebody hear of each row: its key as JSON text, and the message. */
	void tell(std::function<void(const std::string &, const std::string &)> listener)
	{
		listener_ = std::move(listener);
	}

	[[nodiscard]] int64 count() const { return count_; }
	/* Would so many more be too many? */
	[[nodiscard]] bool exceeded_by(size_t more) const
	{
		return max_errors_ && count_ + static_cast<int64>(more) > *max_errors_;
	}
	/* Are there more than the run may have? */
	[[nodiscard]] bool is_full() const { return room_ && count_ > *room_; }
	/* The first ten as a JSON array; empty if there are none. */
	[[nodiscard]] std::string first_json() const;

	/* How many rows are listed in the result: of a dry run, which records none, many. */
	static constexpr int64 listed = 10, listed_in_dry_run = 1000;

private:
	const target &target_;
	const std::vector<AttrNumber> key_;
	const std::optional<int64> run_id_, max_errors_;
	const error_numbers numbers_{0, 1, 1};
	const std::optional<int64> room_;
	int64 count_ = 0;
	const char *what_ = "failed";
	std::function<void(const std::string &, const std::string &)> listener_;
	std::string first_, first_text_;

	/* The texts of a row: its key, as messages call it, and what is in it, if anything. */
	struct row_texts
	{
		std::string key, label, row;
	};

	void add(const pg::row_failure &problem, const row_texts &texts);
};

} // namespace migsafe
