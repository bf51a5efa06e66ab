/*
 * batch_tuner.hpp
 *		How many rows the next batch of an online run takes, from what the last
 *		ones cost.
 *
 * Plain C++: it knows nothing of the server, and is tested without one.
 */
#pragma once

#include <cstdint>

namespace migsafe::online {

/* What a batch has cost. */
struct batch_cost
{
	int64_t rows;
	double milliseconds;
	double wal_bytes;
};

/* What one may cost. */
struct batch_goal
{
	double milliseconds;  /* that a batch should take */
	double wal_bytes = 0; /* that it may write at most; 0: any number */
};

/*
 * The size follows a moving average of what a row costs, so that one slow or
 * quick batch among others hardly moves it.  It grows by a fifth at most; a
 * batch that cost more than five times what it may halves it at once.
 */
class batch_tuner
{
public:
	static constexpr int64_t least = 1, most = 1'000'000;

	explicit batch_tuner(int64_t first_size);

	/* From 1 to 1,000,000. */
	[[nodiscard]] int64_t size() const { return size_; }

	/* A batch of size() rows, or of fewer if there were no more, is done. */
	void finished(const batch_cost &cost, const batch_goal &goal);

	/* A batch was given up: it waited for a lock, or took too long. */
	void halve();

	/* Begin anew with this size, as for a pace that was changed. */
	void restart(int64_t first_size);

private:
	int64_t size_;
	bool knows_ = false;                        /* the averages below mean something */
	double row_milliseconds_ = 0, row_wal_ = 0; /* averages */

	void learn(const batch_cost &cost);
};

} // namespace migsafe::online
