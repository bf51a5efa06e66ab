#include "rollback/entry_choice.hpp"

#include "pg/rights.hpp"
#include "rollback/digest_search.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/undo_filter.hpp"

namespace migsafe {
namespace {

constexpr char list_name[] = "migsafe chosen entries";

/* As the owner, as a join by SQL would read them; undo_filter() has tried them. */
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

	if (keys.is_usable() && by_predicate && source.filter().empty())
		list_keys(source);
	if (by_predicate)
	{
		rows_.emplace("migsafe chosen rows", as_->get(), key_);
		add_rows(*rows_, source.of(), *terms.rows, "rows", source.key(), by_keys ? nullptr : &keys);
	}
	if (by_keys)
		add_keys(source, keys);
	if (keys.is_usable() && !source.piece())
		take_entries(source, keys);
	else if (by_keys)
		query_entries(source);
}

/* If nothing else of the entries is asked for, the lists can be joined by themselves. */
void
entry_choice::list_keys(const undo_source &source)
{
	for (const AttrNumber attnum : source.key())
		key_.push_back({"k" + std::to_string(key_.size() + 1),
						pg::call(getBaseType, source.of().at(attnum).type),
						TupleDescAttr(source.of().descriptor(), attnum - 1)->attcollation});
	positions_ = source.key_positions();
	positions_.insert(positions_.begin(), undo_seq - 1);
}

void
entry_choice::begin_entries()
{
	std::vector<list_column> more = key_;

	if (!key_.empty())
		more.insert(more.begin(), {"seq", INT8OID, InvalidOid});
	entries_.emplace(list_name, as_->get(), more);
	values_.resize(more.size());
	nulls_.reset(new bool[more.size()]);
}

/* Server code.  Its key is known already. */
void
entry_choice::add_entry(TupleTableSlot *entry)
{
	for (size_t i = 0; i < positions_.size(); i++)
	{
		values_[i] = entry->tts_values[positions_[i]];
		nulls_[i] = entry->tts_isnull[positions_[i]];
	}
	entries_->add(entry->tts_tableOid, &entry->tts_tid, values_.data(), nulls_.get());
}

void
entry_choice::take_entries(const undo_source &source, const key_filter &keys)
{
	digest_search digest(source, keys, as_->get());
	keys_written found;

	begin_entries();
	by_digest_ = digest.show([this](TupleTableSlot *entry) { add_entry(entry); });
	if (by_digest_)
		return;
	begin_entries();
	log_content_ = add_up_undo_hashes(source.rel(), as_->get(), [&, this](TupleTableSlot *entry) {
		const uint32 hash = digest.key_of_entry().of(entry);

		found.add(hash);
		if (keys.may_have_hash(hash))
			add_entry(entry);
	});
	if (digest.written() && digest.written()->entries == found.entries &&
		digest.written()->sum != found.sum)
		throw altered_since(source.run(), "It has keys that the run did not write.",
							nothing_changed);
}

void
entry_choice::query_entries(const undo_source &source)
{
	const pg::elevated rights(source.of().owner());

	entries_.emplace(list_name, as_->get());
	entries_->add("SELECT o.tableoid, o.ctid FROM ONLY " + source.name() + " o WHERE " +
				  source.filter());
}

} // namespace migsafe
