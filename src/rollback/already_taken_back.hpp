/*
 * already_taken_back.hpp
 *		What to say of a run that stands no more.
 */
#pragma once

#include "pg/api.hpp"
#include "pg/failure.hpp"

namespace migsafe {

/* 55000; by: the rollback or the restore that took the run back.  Names what redoes it, or what of it stands again. */
failure already_taken_back(int64 run_id, int64 by);

} // namespace migsafe
