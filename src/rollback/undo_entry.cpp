#include "rollback/undo_entry.hpp"

#include "pg/message.hpp"
#include "pg/value.hpp"
#include "rollback/todays_columns.hpp"

extern "C" {
#include "port/pg_bitutils.h"
}

#include <algorithm>

namespace migsafe {
namespace {

failure
lost_column(const target &t, const undo_mapping &m)
{
	return failure(ERRCODE_DATATYPE_MISMATCH, "column \"" + m.name + "\" of table \"" + t.name() +
												  "\" is not what it was when the run began")
		.detail("It was dropped or retyped since.");
}

/* No column that the run knew is called so today.  fields: as they were called then; to each a mapping. */
failure
unknown_column(const std::string &name, const std::vector<undo_mapping> &mappings,
			   const std::vector<undo_field> &fields, const target &t)
{
	const auto then = std::find_if(fields.begin(), fields.end(),
								   [&](const undo_field &f) { return f.name == name; });

	return failure(ERRCODE_UNDEFINED_COLUMN,
				   "column \"" + name + "\" of argument \"columns\" does not exist")
		.detail(then == fields.end()
					? "Table \"" + t.name() + "\" had no such column when the run began."
					: "It was renamed since the run: it is column \"" +
						  mappings[then - fields.begin()].name + "\" today.")
		.hint("Write names exactly, without quotes; a column that was renamed since by its "
			  "name of today.");
}

/* That each of these columns is one that the run could change. */
void
require_known(const std::vector<std::string> &columns, const std::vector<undo_mapping> &mappings,
			  const std::vector<undo_field> &fields, const target &t)
{
	for (const std::string &name : columns)
	{
		const auto m = std::find_if(mappings.begin(), mappings.end(),
									[&](const undo_mapping &known) { return known.name == name; });

		if (m == mappings.end())
			throw unknown_column(name, mappings, fields, t);
		if (m->now && m->now->generated)
			throw failure(ERRCODE_GENERATED_ALWAYS,
						  "column \"" + name + "\" of argument \"columns\" is generated")
				.detail("Its values follow from those of other columns.")
				.hint("Name the columns that it is generated from.");
	}
}

/* Is it to be given back?  A name means the column that bears it today, if the run knew that one. */
bool
is_wanted(const undo_mapping &m, const std::vector<std::string> &columns,
		  const std::vector<undo_mapping> &mappings)
{
	if (columns.empty())
		return !(m.now && m.now->generated);
	return std::find(columns.begin(), columns.end(), m.name) != columns.end() &&
		   (m.now || std::none_of(mappings.begin(), mappings.end(), [&](const undo_mapping &other) {
				return other.now && other.name == m.name;
			}));
}

} // namespace

std::vector<undo_mapping>
map_undo_columns(const target &t, const catalog::run_record &run, Relation undo,
				 const std::vector<std::string> &columns)
{
	std::vector<undo_mapping> mappings;
	const todays_columns today(t, run);
	const std::vector<undo_field> &fields = today.fields();
	const auto key_columns =
		std::count_if(fields.begin(), fields.end(), [](const undo_field &f) { return f.is_key; });

	require_fixed_columns(undo, undo_layout(key_columns));
	for (const undo_field &f : fields)
	{
		const column *const now = today.find(f);
		const Oid type = now ? pg::call(getBaseType, now->type) : InvalidOid;
		const std::string n = std::to_string(f.number);

		const content_type *const content =
			now ? pg::call(content_of, now->type, content_mode::stored) : nullptr;

		mappings.push_back({now, now ? now->name : f.name, content, f.number - 1,
							undo_position(undo, "old_" + n, type),
							f.is_key ? undo_position(undo, "key_" + n, type) : -1, false});
		if (now == nullptr && (f.is_key || key_columns == 0))
			throw lost_column(t, mappings.back())
				.hint("Rows are found by it: give the table that column again. The old values are "
					  "shown by migsafe.row_log().");
	}
	require_known(columns, mappings, fields, t);
	for (undo_mapping &m : mappings)
		m.wanted = is_wanted(m, columns, mappings);
	return mappings;
}

void
raise_lost_column(const target &t, const undo_mapping &m)
{
	throw lost_column(t, m).hint(
		"To take back the others, name them in argument \"columns\" of migsafe.rollback(); or give "
		"the table that column again. The old values are shown by migsafe.row_log().");
}

bool
same_key(const std::vector<undo_mapping> &mappings, TupleTableSlot *entry, TupleTableSlot *row)
{
	for (const undo_mapping &m : mappings)
	{
		if (m.key_position < 0)
			continue;

		const int n = m.now->attnum - 1;

		if (!same_image(*TupleDescAttr(row->tts_tupleDescriptor, n), row->tts_values[n],
						row->tts_isnull[n], entry->tts_values[m.key_position],
						entry->tts_isnull[m.key_position]))
			return false;
	}
	return true;
}

undo_entry::undo_entry(TupleTableSlot *slot, const undo_layout &layout) : slot_(slot)
{
	slot_getallattrs(slot);
	for (const AttrNumber fixed : {AttrNumber{undo_seq}, layout.changed, layout.new_hash})
	{
		if (slot->tts_isnull[fixed - 1])
			pg::raise_error(ERRCODE_DATA_CORRUPTED, "an entry of the undo log was altered", nullptr,
							"If there is a backup, use migsafe.restore().");
	}

	changed_ = DatumGetByteaPP(slot->tts_values[layout.changed - 1]);
	new_hash_ = DatumGetByteaPP(slot->tts_values[layout.new_hash - 1]);

	const auto bits = static_cast<size_t>(
		pg_popcount(VARDATA_ANY(changed_), static_cast<int>(VARSIZE_ANY_EXHDR(changed_))));

	if (VARSIZE_ANY_EXHDR(new_hash_) != bits * sizeof(hash128))
		pg::raise_error(ERRCODE_DATA_CORRUPTED, "an entry of the undo log was altered", nullptr,
						"If there is a backup, use migsafe.restore().");
}

bool
undo_entry::has_changed(const undo_mapping &m) const
{
	return static_cast<size_t>(m.bit / 8) < VARSIZE_ANY_EXHDR(changed_) &&
		   ((static_cast<uint8>(VARDATA_ANY(changed_)[m.bit / 8]) >> (m.bit % 8)) & 1);
}

/* The hashes stand in the order of the columns' bits, which is that of the mappings. */
hash128
undo_entry::written_hash(const std::vector<undo_mapping> &mappings, size_t i) const
{
	size_t number = 0;
	hash128 hash{};

	for (size_t k = 0; k < i; k++)
		number += has_changed(mappings[k]);
	memcpy(&hash, VARDATA_ANY(new_hash_) + number * sizeof(hash), sizeof(hash));
	return hash;
}

column_state
undo_entry::state(const std::vector<undo_mapping> &mappings, size_t i, TupleTableSlot *row) const
{
	const undo_mapping &m = mappings[i];
	const int n = m.now->attnum - 1;
	const FormData_pg_attribute &att = *TupleDescAttr(row->tts_tupleDescriptor, n);

	if (was_written(mappings, i, row->tts_values[n], row->tts_isnull[n]))
		return column_state::as_written;
	return same_image(att, row->tts_values[n], row->tts_isnull[n], old_value(m), old_null(m))
			   ? column_state::as_before
			   : column_state::changed;
}

bool
undo_entry::was_written(const std::vector<undo_mapping> &mappings, size_t i, Datum value,
						bool null) const
{
	return hash_content(mappings[i].content, value, null) == written_hash(mappings, i);
}

} // namespace migsafe
