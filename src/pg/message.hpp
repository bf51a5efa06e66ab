#pragma once

#include "pg/call.hpp"

#include <string>

namespace migsafe::pg {

/* Report a NOTICE; hint may be empty. */
void notice(const std::string &message, const std::string &hint = {});

/* Report a WARNING; detail may be empty. */
void warning(const std::string &message, const std::string &detail = {});

/* Report to the server's log only; detail may be empty. */
void log(const std::string &message, const std::string &detail = {});

/* "1 row", "2 rows". */
std::string count_of(int64 number, const std::string &noun);

/* "16 kB": a size in bytes, for people. */
std::string size_text(int64 bytes);

/*
 * Server code: report an ERROR, from a function that runs under pg::call and
 * holds no objects.  Elsewhere throw a failure.  detail and hint may be nullptr.
 */
[[noreturn]] void raise_error(int sqlstate, const char *message, const char *detail,
							  const char *hint);

/* Server code: report an ERROR that no user can cause. */
[[noreturn]] void raise_internal_error(const char *message);

} // namespace migsafe::pg
