/*
 * step.hpp
 *		Reference tokens, ready to be followed.
 */
#pragma once

#include "jsonb/pointer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace migsafe::jsonb {

struct step
{
	std::string name;
	long index = -1; /* as an array index; -1 if it is none */
	bool star = false;
	bool passing = false;      /* the name does not live as long as the document's changes */
	mutable uint32_t near = 0; /* where it was found last: documents of one table are alike */
};

using steps = std::vector<step>;

inline steps
to_steps(const pointer &p)
{
	steps result;

	for (const pointer_token &token : p.tokens)
		result.push_back({token.name, array_index(token.name), token.star, false});
	return result;
}

} // namespace migsafe::jsonb
