/*
 * seen_transactions.hpp
 *		Which transactions are over, in a form that can be recorded.
 */
#pragma once

#include "pg/call.hpp"

#include <string>

namespace migsafe {

/*
 * The text of a pg_snapshot for migsafe.is_newer: it sees the transactions that have
 * committed (under REPEATABLE READ: when the present one began), and what the present
 * one has done so far.  Unlike that of pg_current_snapshot() it knows subtransactions,
 * since a row may be of one.  Where the server itself has lost count of them, it sees
 * less, and nothing of the present transaction.
 */
std::string seen_transactions();

/* Server code.  The ID in full of a transaction that is not in the future. */
uint64 in_full(TransactionId xid);

} // namespace migsafe
