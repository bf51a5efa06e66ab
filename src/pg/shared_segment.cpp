#include "pg/shared_segment.hpp"

namespace migsafe::pg {

shared_segment
shared_segment::create(size_t size)
{
	return shared_segment(call([=] {
		dsm_segment *const segment = dsm_create(size, 0);

		dsm_pin_mapping(segment);
		return segment;
	}));
}

std::optional<shared_segment>
shared_segment::attach(dsm_handle handle, size_t size)
{
	dsm_segment *const segment = call([=] {
		dsm_segment *const found = dsm_attach(handle);

		if (found)
			dsm_pin_mapping(found);
		return found;
	});

	if (segment == nullptr)
		return std::nullopt;

	shared_segment mapped(segment);

	if (dsm_segment_map_length(segment) < size)
		return std::nullopt;
	return mapped;
}

bool
shared_segment::is_mapped(dsm_handle handle)
{
	return dsm_find_mapping(handle) != nullptr;
}

shared_segment::~shared_segment()
{
	if (segment_)
		dsm_detach(segment_);
}

void
shared_segment::at_end(on_dsm_detach_callback fn)
{
	call([=, this] { on_dsm_detach(segment_, fn, 0); });
}

} // namespace migsafe::pg
