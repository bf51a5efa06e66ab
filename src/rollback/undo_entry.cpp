#include "rollback/undo_entry.hpp"

#include "pg/value.hpp"

namespace migsafe {
namespace {

int
position(Relation undo, const std::string &name)
{
	const AttrNumber attnum =
		pg::call([&] { return get_attnum(RelationGetRelid(undo), name.c_str()); });

	if (attnum == InvalidAttrNumber)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  std::string("undo log \"") + RelationGetRelationName(undo) +
						  "\" has no column \"" + name + "\"")
			.detail("It was altered since the run.")
			.hint("If there is a backup, use migsafe.restore().");
	return attnum - 1;
}

} // namespace

std::vector<undo_mapping>
map_undo_columns(const target &t, const catalog::run_record &run, Relation undo)
{
	std::vector<undo_mapping> mappings;

	for (const undo_field &f : undo_fields(run))
	{
		const column *const now = t.find(f.name);
		const std::string n = std::to_string(f.number);

		if (now == nullptr ||
			f.type != pg::call([&] { return format_type_with_typemod(now->type, now->typmod); }))
			throw failure(ERRCODE_DATATYPE_MISMATCH, "column \"" + f.name + "\" of table \"" +
														 t.name() +
														 "\" is not what it was when the run began")
				.detail("It was of type " + f.type + " then; it was dropped, renamed or retyped.")
				.hint("Give the table that column again; the old values are in " +
					  pg::qualified_name(*run.undo_schema, *run.undo_name) + ".");
		mappings.push_back({now, f.number - 1, position(undo, "old_" + n),
							f.is_key ? position(undo, "key_" + n) : -1});
	}
	return mappings;
}

bool
undo_entry::has_changed(const undo_mapping &m) const
{
	const bytea *const bitmap = DatumGetByteaPP(slot_->tts_values[undo_changed - 1]);

	return (static_cast<uint8>(VARDATA_ANY(bitmap)[m.bit / 8]) >> (m.bit % 8)) & 1;
}

/* The hashes stand in the order of the columns' bits, which is that of the mappings. */
hash128
undo_entry::written_hash(const std::vector<undo_mapping> &mappings, size_t i) const
{
	const bytea *const hashes = DatumGetByteaPP(slot_->tts_values[undo_new_hash - 1]);
	size_t number = 0;
	hash128 hash;

	for (size_t k = 0; k < i; k++)
		number += has_changed(mappings[k]);
	memcpy(&hash, VARDATA_ANY(hashes) + number * sizeof(hash), sizeof(hash));
	return hash;
}

column_state
undo_entry::state(const std::vector<undo_mapping> &mappings, size_t i, TupleTableSlot *row) const
{
	const undo_mapping &m = mappings[i];
	const int n = m.now->attnum - 1;
	const FormData_pg_attribute &att = *TupleDescAttr(row->tts_tupleDescriptor, n);

	if (hash_image(att, row->tts_values[n], row->tts_isnull[n]) == written_hash(mappings, i))
		return column_state::as_written;
	return same_image(att, row->tts_values[n], row->tts_isnull[n], old_value(m), old_null(m))
			   ? column_state::as_before
			   : column_state::changed;
}

bool
undo_entry::same_key(const std::vector<undo_mapping> &mappings, TupleTableSlot *row) const
{
	for (const undo_mapping &m : mappings)
	{
		const int n = m.now->attnum - 1;

		if (m.key_position >= 0 &&
			!same_image(*TupleDescAttr(row->tts_tupleDescriptor, n), row->tts_values[n],
						row->tts_isnull[n], slot_->tts_values[m.key_position],
						slot_->tts_isnull[m.key_position]))
			return false;
	}
	return true;
}

} // namespace migsafe
