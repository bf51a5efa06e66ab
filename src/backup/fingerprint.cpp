#include "backup/fingerprint.hpp"

#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "table/table_scan.hpp"

namespace migsafe {

fingerprint::fingerprint(TupleDesc descriptor)
	: types_cxt_("migsafe fingerprint types"), row_cxt_("migsafe fingerprint row"),
	  columns_(descriptor->natts)
{
	pg::memory_scope scope(types_cxt_.get());

	types_ = pg::call(content_of_row, descriptor, content_mode::portable);
}

void
fingerprint::add(TupleTableSlot *row)
{
	MemoryContext const saved = MemoryContextSwitchTo(row_cxt_.get());

	slot_getallattrs(row);

	sum_ += hash_row(types_, columns_, row->tts_values, row->tts_isnull);
	rows_++;
	MemoryContextSwitchTo(saved);
	MemoryContextReset(row_cxt_.get());
}

content_summary
summarize_table(const target &t, Snapshot snapshot)
{
	const pg::pinned_output pinned;
	fingerprint result(t.descriptor());
	table_scan scan(t, snapshot);

	pg::call([&] {
		PushActiveSnapshot(snapshot);
		while (scan.next())
		{
			CHECK_FOR_INTERRUPTS();
			result.add(scan.row());
		}
		PopActiveSnapshot();
	});
	return {result.rows(), result.hex()};
}

content_summary
summarize_now(Oid table)
{
	const pg::registered_snapshot snapshot;

	return summarize_table(target(table, "target", AccessShareLock), snapshot.get());
}

} // namespace migsafe

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_fingerprint)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();

	const pg::registered_snapshot snapshot;

	return pg::value::text(summarize_table(t, snapshot.get()).fingerprint).datum;
}
