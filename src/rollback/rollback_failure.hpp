/*
 * rollback_failure.hpp
 *		How a rollback ends that does not go through, and what it warns of.
 */
#pragma once

#include "rollback/conflict_list.hpp"
#include "rollback/undo_source.hpp"

namespace migsafe {

/* 55000, with the conflicts and the ways on. */
[[noreturn]] void raise_stopped(const undo_source &source, const conflict_list &conflicts);

/* 40001: a row that was read, or locked, is another when it is written. */
failure changed_meanwhile();

/* A NOTICE, if the terms are of a part and this is no row: as a rule that part was meant otherwise. */
void notice_of_nothing(int64 run_id, const rollback_terms &terms, int64 rows);

/* A WARNING, if so many rows of the run are not 0. */
void warn_of_missing(int64 run_id, int64 missing);

} // namespace migsafe
