/*
 * is_newer.cpp
 *		Which rows came after a snapshot was taken.
 */
#include "pg/call.hpp"

extern "C" {
#include "access/transam.h"
#include "utils/fmgrprotos.h"
}

using namespace migsafe;

namespace {

/* Server code.  The ID in full of a transaction that is not in the future. */
uint64
in_full(TransactionId xid)
{
	const FullTransactionId next = ReadNextFullTransactionId();
	uint64 epoch = EpochFromFullTransactionId(next);

	if (xid > XidFromFullTransactionId(next))
		epoch--;
	return (epoch << 32) | xid;
}

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
