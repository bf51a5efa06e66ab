/*
 * evaluate.hpp
 *		Testing binary JSONB against a program.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/host.hpp"
#include "schema/program.hpp"

#include <limits>
#include <string>
#include <vector>

namespace migsafe::schema {

/*
 * Does the document match?  Stops at the first failure.  54001 where it is
 * nested too deeply, 54000 where a regular expression takes too long, 22023
 * where a reference would be followed without end, XX001 for damaged values.
 */
bool matches(const program &compiled, const jsonb::value &document, jsonb::arena &scratch,
			 const jsonb::host &process);

/* A failure, as in the basic output of 2020-12 core, section 12.4.2. */
struct output_unit
{
	std::string instance_path, keyword_path; /* JSON Pointers, the latter by way of references */
	std::string message;

	[[nodiscard]] size_t size() const
	{
		return sizeof(*this) + instance_path.size() + keyword_path.size() + message.size();
	}
};

/*
 * Every failure, or so many of them; none if the document matches.  Errors as
 * above, and 54000 if they take more than 64 MB.
 */
std::vector<output_unit> find_failures(const program &compiled, const jsonb::value &document,
									   jsonb::arena &scratch, const jsonb::host &process,
									   size_t most = std::numeric_limits<size_t>::max());

} // namespace migsafe::schema
