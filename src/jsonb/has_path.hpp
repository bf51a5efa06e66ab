/*
 * has_path.hpp
 *		Is there a value at a pointer?
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/step.hpp"
#include "jsonb/value.hpp"

namespace migsafe::jsonb {

/* Do the steps from first on lead to a value, a star by any member or element?  XX001 for damaged values. */
bool has_path(const value &v, const steps &pointer, size_t first, const host &process);

} // namespace migsafe::jsonb
