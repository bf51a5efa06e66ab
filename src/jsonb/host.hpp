/*
 * host.hpp
 *		What code of this folder asks of the process that it runs in.
 */
#pragma once

#include <cstddef>
#include <string_view>

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

	/* A text of a document in UTF-8, as long as the document and the host's memory last; throws if it has no such form. */
	[[nodiscard]] virtual std::string_view utf8(std::string_view text) const { return text; }
};

} // namespace migsafe::jsonb
