#include "table/seen_transactions.hpp"

extern "C" {
#include "access/transam.h"
#include "access/xact.h"
}

#include <algorithm>
#include <vector>

namespace migsafe {
namespace {

/* A longer list is not worth its room in the catalogs. */
constexpr size_t most_open = 10000;

/* Server code.  Neither of this transaction nor rolled back: it may commit, or has done so since. */
bool
may_commit(TransactionId xid)
{
	return !TransactionIdIsCurrentTransactionId(xid) && !TransactionIdDidAbort(xid);
}

std::string
to_text(uint64 from, uint64 to, const std::vector<uint64> &open)
{
	std::string text = std::to_string(from) + ":" + std::to_string(to) + ":";

	for (const uint64 xid : open)
		text += (xid == open.front() ? "" : ",") + std::to_string(xid);
	return text;
}

} // namespace

uint64
in_full(TransactionId xid)
{
	const FullTransactionId next = ReadNextFullTransactionId();
	uint64 epoch = EpochFromFullTransactionId(next);

	if (xid > XidFromFullTransactionId(next))
		epoch--;
	return (epoch << 32) | xid;
}

std::string
seen_transactions()
{
	Snapshot const seen = pg::call(GetTransactionSnapshot);
	const FullTransactionId next = pg::call(ReadNextFullTransactionId);
	const uint64 from = pg::call([=] { return in_full(seen->xmin); });
	std::vector<uint64> open;
	auto add_open = [&](TransactionId xid) {
		if (pg::call(may_commit, xid))
			open.push_back(pg::call(in_full, xid));
	};

	std::for_each_n(seen->xip, seen->xcnt, add_open);
	std::for_each_n(seen->subxip, seen->subxcnt, add_open);
	/* its own may be beyond its snapshot, among those that have begun since */
	for (TransactionId xid = seen->xmax;
		 xid != XidFromFullTransactionId(next) && open.size() <= most_open;)
	{
		add_open(xid);
		TransactionIdAdvance(xid);
	}
	if (seen->suboverflowed || open.size() > most_open)
		return to_text(from, from, {});
	std::sort(open.begin(), open.end());
	open.erase(std::unique(open.begin(), open.end()), open.end());

	const uint64 to = U64FromFullTransactionId(next);

	return to_text(open.empty() ? to : open.front(), to, open);
}

} // namespace migsafe
