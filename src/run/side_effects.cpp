#include "run/side_effects.hpp"

#include "pg/message.hpp"
#include "pg/snapshot.hpp"
#include "table/table_scan.hpp"

#include <algorithm>

extern "C" {
#include "access/transam.h"
}

namespace migsafe {
namespace {

bool
has_update_triggers(const target &t)
{
	return std::any_of(t.leaves().begin(), t.leaves().end(), [](const leaf &l) {
		return l.has_before_update_trigger() || l.has_after_update_trigger();
	});
}

/* Server code. */
bool
written_since(TupleTableSlot *row, TransactionId first)
{
	bool null;
	const TransactionId xmin =
		DatumGetTransactionId(slot_getsysattr(row, MinTransactionIdAttributeNumber, &null));

	return TransactionIdIsNormal(xmin) && TransactionIdFollowsOrEquals(xmin, first) &&
		   TransactionIdIsCurrentTransactionId(xmin);
}

} // namespace

side_effects::side_effects(const target &t)
	: target_(t), possible_(has_update_triggers(t)), first_(pg::call(ReadNextTransactionId))
{
}

int64
side_effects::rows_of_this_run() const
{
	const pg::registered_snapshot now;
	table_scan scan(target_, now.get());
	int64 rows = 0;

	pg::call([&, this] {
		while (scan.next())
		{
			CHECK_FOR_INTERRUPTS();
			rows += written_since(scan.stored(), first_);
		}
	});
	return rows;
}

void
side_effects::warn(int64 written, int64 met) const
{
	const int64 others = met + (possible_ ? rows_of_this_run() - written : 0);

	if (others > 0)
		pg::warning(
			"triggers of table \"" + target_.name() + "\" changed " + pg::count_of(others, "row") +
				" beside those of the run",
			"A rollback does not take these changes back, and stops at rows of the run that "
			"were changed so.");
}

} // namespace migsafe
