#pragma once

#include "table/target.hpp"

namespace migsafe {

/*
 * Changes that triggers of the target make to other rows of it are in no
 * before-image.  They are found by their transaction ids.
 */
class side_effects
{
public:
	/* Call it before the run writes its first row. */
	explicit side_effects(const target &t);

	/*
	 * Warn if the table holds more rows of this run than the run has written, or if
	 * it met rows that its triggers had changed before.
	 */
	void warn(int64 written, int64 met) const;

private:
	const target &target_;
	const bool possible_;
	const TransactionId first_;

	[[nodiscard]] int64 rows_of_this_run() const;
};

} // namespace migsafe
