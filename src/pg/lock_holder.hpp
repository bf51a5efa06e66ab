#pragma once

#include "pg/lock.hpp"

#include <string>

namespace migsafe::pg {

/*
 * Who else has a lock of our own, as a sentence with a space behind it: "It is held by process
 * 1234, for run 49. "  Empty if nobody has it any more, or this process has.
 */
std::string holder_sentence(lock_kind kind, uint64 key);

} // namespace migsafe::pg
