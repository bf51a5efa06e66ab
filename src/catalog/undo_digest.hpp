/*
 * undo_digest.hpp
 *		The rows of migsafe.undo_digest.
 */
#pragma once

#include "pg/api.hpp"

#include <functional>

namespace migsafe::catalog {

/* Not before the extension is updated from 1.0.0. */
bool has_undo_digests();

/* Server code, since entries are written by such.  first_entry: the number of the first that these bytes tell of. */
void insert_undo_digest(int64 run_id, int64 first_entry, const char *bytes, size_t size);

/* Show the bytes of each row, one after the other, as the active snapshot sees them, to server code. */
void each_undo_digest(int64 run_id,
					  const std::function<void(const char *bytes, size_t size)> &show);

/* Of a run whose undo log is to be dropped; and of all whose undo log is gone. */
void forget_undo_digest(int64 run_id);
void forget_lost_undo_digests();

} // namespace migsafe::catalog
