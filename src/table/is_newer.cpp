/*
 * is_newer.cpp
 *		Which rows came after a snapshot was taken.
 */
#include "table/seen_transactions.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

using namespace migsafe;

namespace {

/* Server code. */
bool
sees(Datum snapshot, uint64 xid)
{
	return DatumGetBool(DirectFunctionCall2(pg_visible_in_snapshot, UInt64GetDatum(xid), snapshot));
}

} // namespace

MIGSAFE_FUNCTION(migsafe_is_newer)
{
	const TransactionId xid = DatumGetTransactionId(PG_GETARG_DATUM(0));
	const Datum snapshot = PG_GETARG_DATUM(1);

	if (!TransactionIdIsNormal(xid))
		return BoolGetDatum(false);
	return pg::call([=] { return BoolGetDatum(!sees(snapshot, in_full(xid))); });
}
