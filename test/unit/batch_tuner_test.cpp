/*
 * batch_tuner_test.cpp
 *		The size of batches: towards the goal, never in leaps, and down at once.
 */
#include "online/batch_tuner.hpp"

#include <gtest/gtest.h>

using migsafe::online::batch_cost;
using migsafe::online::batch_goal;
using migsafe::online::batch_tuner;

namespace {

constexpr batch_goal half_a_second{500};

/* A batch of the tuner's size whose rows take so long each. */
batch_cost
full_batch(const batch_tuner &tuner, double row_milliseconds, double row_wal = 0)
{
	const auto rows = static_cast<double>(tuner.size());

	return {tuner.size(), rows * row_milliseconds, rows * row_wal};
}

void
repeat(batch_tuner &tuner, int times, double row_milliseconds, const batch_goal &goal,
	   double row_wal = 0)
{
	for (int i = 0; i < times; i++)
		tuner.finished(full_batch(tuner, row_milliseconds, row_wal), goal);
}

} // namespace

TEST(batch_tuner, begins_with_the_size_it_was_given)
{
	EXPECT_EQ(batch_tuner(1000).size(), 1000);
	EXPECT_EQ(batch_tuner(0).size(), batch_tuner::least);
	EXPECT_EQ(batch_tuner(5'000'000).size(), batch_tuner::most);
}

TEST(batch_tuner, grows_by_a_fifth_at_most)
{
	batch_tuner tuner(1000);

	repeat(tuner, 1, 0.0001, half_a_second);
	EXPECT_EQ(tuner.size(), 1200);
	repeat(tuner, 1, 0.0001, half_a_second);
	EXPECT_EQ(tuner.size(), 1440);
}

TEST(batch_tuner, grows_from_one_row)
{
	batch_tuner tuner(1);

	repeat(tuner, 1, 0.0001, half_a_second);
	EXPECT_EQ(tuner.size(), 2);
}

TEST(batch_tuner, stays_within_its_bounds)
{
	batch_tuner tuner(900'000);

	repeat(tuner, 3, 0, half_a_second);
	EXPECT_EQ(tuner.size(), batch_tuner::most);
	repeat(tuner, 100, 3000, half_a_second);
	EXPECT_EQ(tuner.size(), batch_tuner::least);
}

TEST(batch_tuner, comes_to_the_goal_from_both_sides)
{
	for (const int64_t first : {10, 4000})
	{
		batch_tuner tuner(first);

		repeat(tuner, 60, 0.5, half_a_second);
		EXPECT_EQ(tuner.size(), 1000) << "from " << first;
	}
}

TEST(batch_tuner, comes_down_without_halving_below_five_times_the_goal)
{
	batch_tuner tuner(1000);

	repeat(tuner, 1, 0.625, half_a_second);
	EXPECT_EQ(tuner.size(), 800);
}

TEST(batch_tuner, halves_at_once_above_five_times_the_goal)
{
	batch_tuner tuner(1000);

	repeat(tuner, 30, 0.5, half_a_second);
	tuner.finished({1000, 2501, 0}, half_a_second);
	EXPECT_EQ(tuner.size(), 500);
}

TEST(batch_tuner, is_moved_little_by_one_quick_or_slow_batch)
{
	batch_tuner tuner(1000);

	repeat(tuner, 30, 0.5, half_a_second);
	tuner.finished({1000, 1000, 0}, half_a_second); /* twice as slow */
	EXPECT_GT(tuner.size(), 650);
	repeat(tuner, 30, 0.5, half_a_second);
	EXPECT_NEAR(static_cast<double>(tuner.size()), 1000, 1);
}

TEST(batch_tuner, learns_little_from_a_batch_of_few_rows)
{
	batch_tuner tuner(1000);

	repeat(tuner, 30, 0.5, half_a_second);
	tuner.finished({1, 50, 0}, half_a_second);
	EXPECT_GT(tuner.size(), 900);
	tuner.finished({0, 50, 0}, half_a_second);
	EXPECT_GT(tuner.size(), 900);
}

TEST(batch_tuner, is_bounded_by_wal)
{
	batch_tuner tuner(1000);
	const batch_goal goal{500, 1'000'000};

	repeat(tuner, 60, 0.01, goal, 5000);
	EXPECT_EQ(tuner.size(), 200);
	repeat(tuner, 60, 0.01, goal, 0);
	EXPECT_GT(tuner.size(), 40'000);
}

TEST(batch_tuner, halves_what_was_given_up)
{
	batch_tuner tuner(5);

	tuner.halve();
	EXPECT_EQ(tuner.size(), 2);
	tuner.halve();
	tuner.halve();
	EXPECT_EQ(tuner.size(), 1);
}

TEST(batch_tuner, forgets_when_it_begins_anew)
{
	batch_tuner tuner(1000);

	repeat(tuner, 30, 50, half_a_second);
	tuner.restart(1000);
	repeat(tuner, 1, 0.1, half_a_second);
	EXPECT_EQ(tuner.size(), 1200);
}
