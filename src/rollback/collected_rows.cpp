#include "rollback/collected_rows.hpp"

#include "catalog/undo_count.hpp"
#include "pg/message.hpp"
#include "rollback/rollback_failure.hpp"
#include "run/batch_size.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr int64 smallest_batch = 1000;

write_options
options_after(int32 batches_before)
{
	write_options options;

	options.fire = triggers::only_constraints;
	options.batches_before = batches_before;
	return options;
}

} // namespace

collected_rows::collected_rows(const undo_source &source, undo_log &redo, error_log &left,
							   int32 batches_before, rollback_counts &counts,
							   conflict_list &conflicts)
	: source_(source), left_(left), counts_(counts), conflicts_(conflicts),
	  writer_(source.of(), source.settable(), redo, options_after(batches_before)),
	  batch_(source.of(), source.settable())
{
}

int64
collected_rows::size() const
{
	return source_.piece() ? PG_INT64_MAX
						   : std::max(smallest_batch, catalog::undo_count(source_.run().run_id) /
														  (max_writing_subtransactions / 2));
}

void
collected_rows::add(const present_row &now, const resolution &found)
{
	pg::call([&, this] {
		const std::vector<AttrNumber> &columns = source_.settable();
		auto *const values = static_cast<Datum *>(palloc(sizeof(Datum) * columns.size()));
		auto *const nulls = static_cast<bool *>(palloc(sizeof(bool) * columns.size()));

		for (size_t i = 0; i < columns.size(); i++)
		{
			values[i] = now.row->tts_values[columns[i] - 1];
			nulls[i] = now.row->tts_isnull[columns[i] - 1];
			for (const new_value &v : found.values)
			{
				if (v.attnum != columns[i])
					continue;
				values[i] = v.value;
				nulls[i] = v.null;
			}
		}
		batch_.add(now.leaf_no, now.tid, values, nulls);
	});
	outcomes_.push_back(found.what);
}

/* Rows that cannot be written are conflicts as well. */
void
collected_rows::write()
{
	if (batch_.rows() == 0)
		return;
	left_.tell([this](const std::string &key, const std::string &message) {
		conflicts_.add({key, "", message, 0});
	});

	const batch_outcome written = writer_.write(batch_, left_);

	left_.tell(nullptr);
	if (written.written + written.failed != batch_.rows())
		throw changed_meanwhile();
	for (const int64 row : written.failed_rows)
		counts_.turn_into_conflict(outcomes_[static_cast<size_t>(row)]);
	outcomes_.clear();
	pg::call([&] { batch_.clear(); });
}

void
collected_rows::close()
{
	pg::call([this] { batch_.close(); });
}

} // namespace migsafe
