#pragma once

#include "run/run_request.hpp"
#include "run/transform.hpp"

#include <string>

namespace migsafe {

/* What a run would do, as far as that can be told without writing. */
struct dry_run_result
{
	catalog::run_result result;
	std::string samples, note; /* JSON text, and text */
};

/* Evaluate all rows, and write nothing. */
dry_run_result try_run(const run_request &request, const target &t, const transform &change);

} // namespace migsafe
