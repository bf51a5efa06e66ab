/*
 * zstd_memory.hpp
 *		Tells a lack of memory from all else that Zstandard may report.
 */
#pragma once

#include <new>

#include <zstd.h>
#include <zstd_errors.h>

namespace migsafe::archive {

/* std::bad_alloc if that is what this result of a function of Zstandard says. */
inline void
require_zstd_memory(size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		throw std::bad_alloc();
}

} // namespace migsafe::archive
