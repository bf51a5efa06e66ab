#pragma once

#include "pg/background_worker.hpp"

extern "C" {
#include "storage/dsm.h"
}

namespace migsafe::online {
inline std::optional<pg::background_worker>
start_part_worker(int64, dsm_handle, int)
{
	return std::nullopt;
}
} // namespace migsafe::online
