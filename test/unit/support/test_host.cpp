#include "support/test_host.hpp"

#include "pg/failure.hpp"

#include <cstdlib>
#include <new>

namespace migsafe::test_bed {

test_host::test_host(const limits &granted)
	: base_(static_cast<const char *>(__builtin_frame_address(0))), granted_(granted)
{
}

void
test_host::check() const
{
	const char *const here = static_cast<const char *>(__builtin_frame_address(0));
	const auto used = static_cast<size_t>(here < base_ ? base_ - here : here - base_);

	if (used > granted_.stack)
		throw failure(sqlstate("54001"), "stack depth limit exceeded");
	if (++checks_ > granted_.checks)
		throw failure(sqlstate("57014"), "canceling statement");
}

char *
test_host::allocate(size_t size) const
{
	if (size > granted_.allocation)
		throw failure(sqlstate("53200"), "out of memory");

	void *const memory = std::malloc(size);

	if (memory == nullptr)
		throw std::bad_alloc();
	allocations_++;
	outstanding_++;
	return static_cast<char *>(memory);
}

void
test_host::release(char *memory) const
{
	outstanding_--;
	std::free(memory);
}

} // namespace migsafe::test_bed
