#pragma once

#include "pg/call.hpp"

#include <string>

namespace migsafe::archive {

/*
 * The failure that errno tells of: could not <attempt> "<path>": <why>, with the
 * SQLSTATE that the server has for it (58P01, 58P02, 42501, 53100, 58030, ...).
 */
failure file_failure(int error, const std::string &attempt, const std::string &path);

} // namespace migsafe::archive
