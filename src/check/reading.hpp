#pragma once

#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/transaction.hpp"

namespace migsafe {

/* Run a query of a check in a read-only subtransaction, under a snapshot; what went wrong, if it did. */
template <typename Fn>
std::optional<pg::row_failure>
attempt_reading(Snapshot snapshot, Fn &&fn)
{
	return pg::attempt(pg::subtransaction::access::read_only, [&] {
		const pg::active_snapshot active(snapshot);

		fn();
	});
}

} // namespace migsafe
