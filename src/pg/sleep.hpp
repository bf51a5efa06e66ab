#pragma once

#include "pg/call.hpp"

extern "C" {
#include "pgstat.h"
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace migsafe::pg {

/* Wait so long at most, or until the process's latch is set; a cancel or the end of the session ends it. */
inline void
sleep(long milliseconds)
{
	call([=] {
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	});
}

} // namespace migsafe::pg
