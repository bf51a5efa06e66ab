#pragma once

#include "pg/call.hpp"

extern "C" {
#include "utils/timeout.h"
}

namespace migsafe::pg {

/*
 * Server code.  The timer of a session that calls this handler.  A session has few
 * of them: each is registered once.
 */
template <timeout_handler_proc handler>
TimeoutId
user_timer()
{
	static bool registered = false;
	static TimeoutId id;

	if (!registered)
	{
		id = RegisterTimeout(USER_TIMEOUT, handler);
		registered = true;
	}
	return id;
}

} // namespace migsafe::pg
