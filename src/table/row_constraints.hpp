#pragma once

#include "pg/api.hpp"

namespace migsafe {

/*
 * Server code.  Compute the generated columns of a row that is to go into the table, by an
 * INSERT or UPDATE; the error of the constraint if it does not meet NOT NULL, CHECK and
 * partition constraints.
 */
void complete_and_check(EState *state, ResultRelInfo *info, TupleTableSlot *row, CmdType command);

} // namespace migsafe
