/*
 * shared_segment.hpp
 *		Memory that several processes map (the server's DSM), found by a number.
 */
#pragma once

#include "pg/call.hpp"

extern "C" {
#include "storage/dsm.h"
}

#include <optional>

namespace migsafe::pg {

/*
 * A mapping of it, which lasts as long as this object or the process, whatever
 * becomes of transactions.  The memory goes with its last mapping.
 */
class shared_segment
{
public:
	/* 53200 if there is none to be had. */
	static shared_segment create(size_t size);
	/* Nothing if no segment of that handle is left, or if it is smaller than size. */
	static std::optional<shared_segment> attach(dsm_handle handle, size_t size);
	/* Does this process map it already?  Then it cannot attach once more. */
	static bool is_mapped(dsm_handle handle);

	~shared_segment();
	shared_segment(shared_segment &&other) noexcept : segment_(other.segment_)
	{
		other.segment_ = nullptr;
	}
	shared_segment(const shared_segment &) = delete;
	shared_segment &operator=(const shared_segment &) = delete;
	shared_segment &operator=(shared_segment &&) = delete;

	[[nodiscard]] dsm_handle handle() const noexcept { return dsm_segment_handle(segment_); }
	[[nodiscard]] void *address() const noexcept { return dsm_segment_address(segment_); }

	/* Call fn when this mapping ends, also when it ends with the process; fn raises no error. */
	void at_end(on_dsm_detach_callback fn);

private:
	explicit shared_segment(dsm_segment *segment) : segment_(segment) {}

	dsm_segment *segment_;
};

} // namespace migsafe::pg
