/*
 * run_lock.hpp
 *		One session at a time carries out a run.
 */
#pragma once

#include "pg/error.hpp"
#include "pg/session_lock.hpp"

namespace migsafe::online {

/* 55006, with who it is that has the lock of the run. */
failure is_under_way(int64 run_id);

/* The lock of the run, until its object ends.  Never waits: 55006 if another session has it. */
pg::session_lock hold_run(int64 run_id);

} // namespace migsafe::online
