/*
 * test_host.hpp
 *		The process that src/jsonb runs in when it is tested.
 */
#pragma once

#include "jsonb/host.hpp"

#include <cstddef>

namespace migsafe::test_bed {

/* What a process grants. */
struct limits
{
	size_t stack = size_t{2} * 1024 * 1024; /* from where the host was made; beyond: 54001 */
	size_t allocation = size_t{1} * 1024 * 1024 * 1024; /* beyond: 53200 */
	size_t checks = ~size_t{0};                         /* beyond: 57014, as if cancelled */
};

/* Memory of malloc, counted, within limits. */
class test_host : public jsonb::host
{
public:
	explicit test_host(const limits &granted = {});

	void check() const override;
	[[nodiscard]] char *allocate(size_t size) const override;
	void release(char *memory) const override;

	[[nodiscard]] size_t allocations() const { return allocations_; }
	/* Allocations not yet released. */
	[[nodiscard]] size_t outstanding() const { return outstanding_; }

private:
	const char *base_;
	limits granted_;
	mutable size_t checks_ = 0, allocations_ = 0, outstanding_ = 0;
};

} // namespace migsafe::test_bed
