/*
 * host.hpp
 *		What code of this folder asks of the process that it runs in.
 */
#pragma once

#include <cstddef>

namespace migsafe::jsonb {

/* The server, or a test. */
class host
{
public:
	virtual ~host() = default;

	/* Called at each level of a recursion: throws if the stack is nearly used up or the work is cancelled. */
	virtual void check() const = 0;

	/* Memory for a result; throws if there is none.  The host frees it. */
	[[nodiscard]] virtual char *allocate(size_t size) const = 0;
	virtual void release(char *memory) const = 0;
};

} // namespace migsafe::jsonb
