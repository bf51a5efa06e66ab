#pragma once

#include "pg/call.hpp"

namespace migsafe::pg {

/* Define the developer setting migsafe.debug_fault; only from _PG_init. */
void define_fault_setting();

/*
 * A place where the tests can make things go wrong.  Does nothing unless a
 * superuser has set migsafe.debug_fault to "<place>:<kind>", where kind is
 * exception, bad_alloc, error, sleep, or lock: wait for advisory lock 1, whatever
 * lock_timeout is, and give it back.
 */
void fault_point(const char *place);

/* Is something switched off: is migsafe.debug_fault set to "<place>:off"? */
bool is_switched_off(const char *place);

} // namespace migsafe::pg
