/*
 * free_parts.hpp
 *		The parts of an online run, each carried out by whoever is free.
 */
#pragma once

#include "online/batch_loop.hpp"

namespace migsafe::online {

/* A part of the run that is not done and that nobody works on: carry it out.  False if there is none. */
bool work_on_free_part(pg::procedure &procedure, batch_loop &loop, int64 run_id);

/* What a background worker does: parts of the run, until none is left that nobody works on. */
void work_on_parts(pg::procedure &procedure, int64 run_id, dsm_handle handle, int place);

} // namespace migsafe::online
