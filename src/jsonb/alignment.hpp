/*
 * alignment.hpp
 *		Which elements of one array are those of another.
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/value.hpp"

#include <optional>
#include <vector>

namespace migsafe::jsonb {

struct alignment
{
	/* A pair of elements with the same image. */
	struct match
	{
		uint32_t before, after;
	};

	/* Both ascending: those that keep their order. */
	std::vector<match> kept;
	/* Elements that only change their place, towards the front; ascending in after. */
	std::vector<match> moved;
	/* The one element that changes its place, towards the end, if nothing else differs. */
	std::optional<match> put_back;
};

/*
 * Align two arrays.  Equal ends, elements that occur once on either side (of
 * which the longest ascending run is kept, as in patience diff), equal elements
 * beside those, and between them what a short script of insertions and removals
 * leaves.  Memory is linear, and time nearly so, whatever the arrays hold.
 */
alignment align(const std::vector<value> &before, const std::vector<value> &after,
				const host &process);

} // namespace migsafe::jsonb
