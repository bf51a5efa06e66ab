/*
 * redone_part.hpp
 *		Runs that were taken back, and of which a part was redone since.
 */
#pragma once

#include "pg/failure.hpp"

#include <optional>
#include <string>

namespace migsafe {

/* 55000 if there is such a run of that name: another one would do once more what was redone. */
std::optional<failure> redone_in_part(const std::string &name);

} // namespace migsafe
