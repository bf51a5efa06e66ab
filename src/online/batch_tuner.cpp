#include "online/batch_tuner.hpp"

#include <algorithm>

namespace migsafe::online {
namespace {

constexpr double newest_share = 0.4; /* of the last full batch in the average */
constexpr double growth = 1.2;
constexpr double too_much = 5; /* times what a batch may cost */

/* How many times what a batch may cost this one did. */
double
strain(const batch_cost &cost, const batch_goal &goal)
{
	const double of_time = cost.milliseconds / goal.milliseconds;

	return goal.wal_bytes > 0 ? std::max(of_time, cost.wal_bytes / goal.wal_bytes) : of_time;
}

/* A goal divided by what a row costs of it. */
double
rows_for(double goal, double row_cost)
{
	return goal > 0 && row_cost > 0 ? goal / row_cost : static_cast<double>(batch_tuner::most);
}

} // namespace

batch_tuner::batch_tuner(int64_t first_size) : size_(std::clamp(first_size, least, most)) {}

void
batch_tuner::finished(const batch_cost &cost, const batch_goal &goal)
{
	if (cost.rows <= 0)
		return;
	learn(cost);
	if (strain(cost, goal) > too_much)
		return halve();

	const double wanted = std::min(rows_for(goal.milliseconds, row_milliseconds_),
								   rows_for(goal.wal_bytes, row_wal_));
	const auto limit =
		std::max(size_ + 1, static_cast<int64_t>(static_cast<double>(size_) * growth));

	/* compared as doubles: what is wanted may be more than an integer holds */
	size_ = wanted < static_cast<double>(limit) ? static_cast<int64_t>(wanted) : limit;
	size_ = std::clamp(size_, least, most);
}

/* A batch that was not full says less: what it costs is mostly not its rows'. */
void
batch_tuner::learn(const batch_cost &cost)
{
	const auto rows = static_cast<double>(cost.rows);
	const double fullness = std::min(1.0, rows / static_cast<double>(size_));
	const double share = knows_ ? newest_share * fullness : 1.0;

	row_milliseconds_ += share * (cost.milliseconds / rows - row_milliseconds_);
	row_wal_ += share * (cost.wal_bytes / rows - row_wal_);
	knows_ = true;
}

void
batch_tuner::halve()
{
	size_ = std::max(least, size_ / 2);
}

void
batch_tuner::restart(int64_t first_size)
{
	*this = batch_tuner(first_size);
}

} // namespace migsafe::online
