#include "rollback/entry_choice.hpp"

#include "pg/rights.hpp"
#include "rollback/undo_filter.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* As the owner, as a join by SQL would read them; undo_filter() has tried them as the caller. */
void
add_keys(const undo_source &source, key_filter &keys)
{
	const pg::elevated rights(source.of().owner());
	pg::spi_session spi;

	for (pg::cursor rows(keys_query(source.mappings(), source.terms().keys)); rows.next();)
		pg::call([&] {
			keys.add([&](size_t i, bool *null) {
				return SPI_getbinval(rows.tuple(), rows.descriptor(), static_cast<int>(i) + 1,
									 null);
			});
		});
}

} // namespace

entry_choice::entry_choice(const undo_source &source)
{
	const rollback_terms &terms = source.terms();
	/* of a piece each row is tried when it is met: the whole table would be read for each */
	const bool by_predicate = terms.rows && !source.piece();
	const bool by_keys = !terms.keys.empty();

	if (!by_predicate && !by_keys)
		return;
	as_.emplace();

	key_filter keys(source.of(), source.key());

	if (by_predicate)
	{
		rows_.emplace("migsafe chosen rows", as_->get());
		add_rows(*rows_, source.of(), *terms.rows, "rows", source.key(), by_keys ? nullptr : &keys);
	}
	if (by_keys)
		add_keys(source, keys);
	if (keys.is_usable() && !source.piece())
		take_entries(source, keys);
	else if (by_keys)
		query_entries(source);
}

void
entry_choice::take_entries(const undo_source &source, const key_filter &keys)
{
	const std::vector<int> positions = source.key_positions();
	const int last = *std::max_element(positions.begin(), positions.end());

	entries_.emplace("migsafe chosen entries", as_->get());
	log_content_ = add_up_undo_hashes(source.rel(), as_->get(), [&, this](TupleTableSlot *entry) {
		slot_getsomeattrs(entry, last + 1);
		if (keys.may_have([&](size_t i, bool *null) {
				*null = entry->tts_isnull[positions[i]];
				return entry->tts_values[positions[i]];
			}))
			entries_->add(RelationGetRelid(source.rel()), &entry->tts_tid);
	});
}

void
entry_choice::query_entries(const undo_source &source)
{
	const pg::elevated rights(source.of().owner());

	entries_.emplace("migsafe chosen entries", as_->get());
	entries_->add("SELECT o.tableoid, o.ctid FROM ONLY " + source.name() + " o WHERE " +
				  source.filter());
}

} // namespace migsafe
