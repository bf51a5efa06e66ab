#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>

namespace migsafe::pg {

/*
 * In a background worker, outside any transaction: execute one SQL statement as if
 * a client had sent it, in a transaction of its own, so that a CALL may commit.  It
 * is what pg_stat_activity shows meanwhile.  Rows of a result are thrown away; an
 * ERROR goes to the server's log, and is the answer.
 */
std::optional<problem> execute_at_top_level(const std::string &sql);

/*
 * In a background worker, outside any transaction: run fn in one.  An exception
 * leaves it to the end of the process to abort it.
 */
template <typename Fn>
void
in_transaction(Fn fn)
{
	call([] {
		SetCurrentStatementStartTimestamp();
		StartTransactionCommand();
		PushActiveSnapshot(GetTransactionSnapshot());
	});
	fn();
	call([] {
		PopActiveSnapshot();
		CommitTransactionCommand();
	});
}

} // namespace migsafe::pg
