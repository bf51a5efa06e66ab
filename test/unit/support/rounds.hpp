/*
 * rounds.hpp
 *		Properties of random documents: rounds with seeds, and what every result has to be.
 */
#pragma once

#include "pg/failure.hpp"
#include "support/choices.hpp"
#include "support/model.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace migsafe::test_bed {

/* MIGSAFE_PROPERTY_SEED, MIGSAFE_PROPERTY_ROUNDS; or a fixed seed, and 50,000. */
uint64_t first_seed();
uint64_t round_count();

/* Call round(choices &) with a seed of its own, again and again, until it fails. */
template <typename Round>
void
for_each_round(Round round)
{
	for (uint64_t i = 0; i < round_count(); i++)
	{
		const uint64_t seed = first_seed() + i;
		choices choose(seed);

		try
		{
			round(choose);
		}
		catch (const std::exception &problem)
		{
			ADD_FAILURE() << problem.what();
		}
		if (::testing::Test::HasFailure())
		{
			ADD_FAILURE() << "again: MIGSAFE_PROPERTY_SEED=" << seed
						  << " MIGSAFE_PROPERTY_ROUNDS=1";
			return;
		}
	}
}

/* One that has much in common with the document. */
json other_document(const json &document, choices &choose);

/* Whatever the value is, the server would have written it so. */
void expect_sound(const std::string &document);

/* A document as JSON, and for none what is there instead. */
std::string shown(const std::string &document);
std::string shown(const std::optional<std::string> &document);

/* What call returns, or nothing if it fails as a patch may fail. */
template <typename Call>
std::optional<std::string>
outcome(Call call)
{
	try
	{
		return call();
	}
	catch (const failure &problem)
	{
		/* Class 22: the data are not as the patch wants them. */
		EXPECT_EQ(problem.sqlstate() & 0xFFF, sqlstate("22000") & 0xFFF) << problem.what();
		return std::nullopt;
	}
}

} // namespace migsafe::test_bed
