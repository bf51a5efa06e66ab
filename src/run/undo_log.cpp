#include "run/undo_log.hpp"

#include "catalog/private_table.hpp"
#include "pg/message.hpp"
#include "pg/value.hpp"
#include "run/undo_fields.hpp"
#include "table/column_sql.hpp"

extern "C" {
#include "access/detoast.h"
}

#include <algorithm>

namespace migsafe {
namespace {

/* Server code. */
Datum
bytes(const void *data, size_t size)
{
	auto *result = static_cast<bytea *>(palloc(VARHDRSZ + size));

	SET_VARSIZE(result, VARHDRSZ + size);
	memcpy(VARDATA(result), data, size);
	return PointerGetDatum(result);
}

/* Beyond this a value is rather fetched twice than held in memory. */
constexpr Size most_in_memory = 131072;

/* Server code.  As they were stored, compressed if they were: the hash and the insert then fetch nothing. */
void
fetch_toasted(TupleTableSlot *entry)
{
	for (int i = 0; i < entry->tts_tupleDescriptor->natts; i++)
	{
		if (entry->tts_isnull[i] || TupleDescAttr(entry->tts_tupleDescriptor, i)->attlen != -1)
			continue;

		auto *const value =
			reinterpret_cast<struct varlena *>(DatumGetPointer(entry->tts_values[i]));

		if (VARATT_IS_EXTERNAL_ONDISK(value) &&
			toast_datum_size(entry->tts_values[i]) <= most_in_memory)
			entry->tts_values[i] = PointerGetDatum(detoast_external_attr(value));
	}
}

} // namespace

undo_log::undo_log(const target &t, int64 run_id, std::vector<AttrNumber> key)
	: target_(t), key_(std::move(key)), layout_(key_.size()),
	  name_("run_" + std::to_string(run_id)), digest_(t, run_id, key_),
	  types_cxt_("migsafe undo types"), row_cxt_("migsafe undo rows")
{
	catalog::check_not_published("migsafe_undo", t.persistence(),
								 "Publish the tables or the schemas that the subscribers have, by "
								 "CREATE PUBLICATION ... FOR "
								 "TABLES IN SCHEMA, instead of ALL TABLES.");
	check_width();
	for (const column &c : t.columns())
		columns_.push_back(c.attnum);
	take_types();
	open(catalog::create_private_table(t, "migsafe_undo", name_, column_list()));
	schema_ = pg::call([this] { return get_namespace_name(RelationGetNamespace(rows_->rel())); });
}

undo_log::undo_log(const target &t, const catalog::run_record &run, std::vector<AttrNumber> key,
				   const entry_numbers &numbers)
	: target_(t), key_(std::move(key)), layout_(key_.size()),
	  no_place_hint_(run.rollback_of ? another_rollback(*run.rollback_of) : ""),
	  schema_(*run.undo_schema), name_(*run.undo_name), digest_(t, run.run_id, key_),
	  types_cxt_("migsafe undo types"), row_cxt_("migsafe undo rows"), next_seq_(numbers.first),
	  seq_step_(numbers.step), kept_seq_(numbers.first)
{
	for (const undo_field &f : undo_fields(run))
		columns_.push_back(f.number);
	for (const column &c : t.columns())
	{
		if (std::find(columns_.begin(), columns_.end(), c.attnum) == columns_.end())
			added_.push_back(c.attnum);
	}
	take_types();
	open(undo_table(run));
	require_places(t, run, RelationGetRelid(rows_->rel()));
	check_layout();
}

void
undo_log::take_types()
{
	pg::memory_scope scope(types_cxt_.get());

	types_ = pg::call(content_of_row, target_.descriptor(), content_mode::stored);
}

void
undo_log::open(Oid table)
{
	if (digest_.is_kept())
		rows_.emplace(table, [this](TupleTableSlot *entry) { digest_.add(entry); });
	else
		rows_.emplace(table);
	hashes_.emplace(RelationGetDescr(rows_->rel()));
	images_.resize(RelationGetDescr(rows_->rel())->natts);
}

/* It belongs to the target's owner, who may have altered it. */
void
undo_log::check_layout() const
{
	const TupleDesc descriptor = RelationGetDescr(rows_->rel());
	std::vector<std::pair<std::string, Oid>> expected;
	auto expect = [&](const char *prefix, const std::vector<AttrNumber> &columns) {
		for (AttrNumber attnum : columns)
		{
			const FormData_pg_attribute &att = *TupleDescAttr(target_.descriptor(), attnum - 1);

			expected.emplace_back(prefix + std::to_string(attnum),
								  att.attisdropped ? InvalidOid
												   : pg::call(getBaseType, att.atttypid));
		}
	};

	for (const undo_fixed_column &fixed : undo_first)
		expected.emplace_back(fixed.name, fixed.type);
	expect("key_", key_);
	for (const undo_fixed_column &fixed : undo_change)
		expected.emplace_back(fixed.name, fixed.type);
	expect("old_", columns_);

	bool same = rows_->rel()->rd_rel->relkind == RELKIND_RELATION &&
				static_cast<size_t>(descriptor->natts) == expected.size();

	for (int i = 0; same && i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		same = !att.attisdropped &&
			   (att.atttypid == expected[i].second || !OidIsValid(expected[i].second)) &&
			   NameStr(att.attname) == expected[i].first;
	}
	if (!same)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "undo log \"" + name_ + "\" was altered since the run began")
			.detail("It has not the columns any more that the run gave it.")
			.hint("Bring them back, or start another run.");
}

/* An undo log has a few columns more than its target. */
void
undo_log::check_width() const
{
	const size_t more = static_cast<size_t>(layout_.old) - 1;

	if (more + target_.columns().size() > MaxHeapAttributeNumber)
		throw failure(ERRCODE_TOO_MANY_COLUMNS,
					  "table \"" + target_.name() + "\" has too many columns for an undo log")
			.detail("The undo log needs " + std::to_string(more) +
					" columns more than the table has, and a table can have " +
					std::to_string(MaxHeapAttributeNumber) + ".")
			.hint("Drop columns that are no longer used.");
}

std::string
undo_log::column_list() const
{
	std::string list;
	auto add = [&](const std::string &name, const std::string &definition) {
		list += (list.empty() ? "" : ", ") + name + " " + definition;
	};

	for (const undo_fixed_column &fixed : undo_first)
		add(fixed.name, fixed.definition);
	for (AttrNumber attnum : key_)
		add("key_" + std::to_string(attnum), storage_type(target_.at(attnum)));
	for (const undo_fixed_column &fixed : undo_change)
		add(fixed.name, fixed.definition);
	for (const column &c : target_.columns())
		add("old_" + std::to_string(c.attnum), storage_type(c));
	return list;
}

std::string
undo_log::columns_json() const
{
	std::string json = "[";

	for (const column &c : target_.columns())
	{
		const bool is_key = std::find(key_.begin(), key_.end(), c.attnum) != key_.end();

		json += (json.size() > 1 ? ", " : "") + std::string("{\"attnum\": ") +
				std::to_string(c.attnum) + ", \"name\": " + pg::json_string(c.name) +
				", \"type\": " + pg::json_string(type_name(c)) +
				", \"key\": " + (is_key ? "true" : "false") + "}";
	}
	return json + "]";
}

void
undo_log::begin_batch(int32 batch)
{
	batch_ = batch;
	batch_hash_ = {};
	next_seq_ = kept_seq_;
	digest_.begin_batch();
	rows_->begin();
}

void
undo_log::append(size_t leaf_no, TupleTableSlot *before, TupleTableSlot *after,
				 const std::vector<image_hash> &known)
{
	TupleTableSlot *const entry = rows_->slot();
	MemoryContext const saved = MemoryContextSwitchTo(row_cxt_.get());

	slot_getallattrs(before);
	slot_getallattrs(after);
	std::fill_n(entry->tts_isnull, entry->tts_tupleDescriptor->natts, true);
	auto put = [=](AttrNumber n, Datum value) {
		entry->tts_values[n - 1] = value;
		entry->tts_isnull[n - 1] = false;
	};

	put(undo_seq, Int64GetDatum(next_seq_));
	next_seq_ += seq_step_;
	put(undo_batch, Int32GetDatum(batch_));
	put(undo_leaf, Int32GetDatum(static_cast<int32>(leaf_no)));
	if (key_.empty())
	{
		const hash128 hash =
			hash_row(types_, target_.descriptor()->natts, after->tts_values, after->tts_isnull);

		put(layout_.row_hash, bytes(&hash, sizeof(hash)));
	}

	int at = layout_.key - 1;

	for (AttrNumber attnum : key_)
	{
		entry->tts_values[at] = after->tts_values[attnum - 1];
		entry->tts_isnull[at++] = after->tts_isnull[attnum - 1];
	}
	put_changes(entry, before, after);
	fetch_toasted(entry);
	ExecStoreVirtualTuple(entry);

	take_hashes(known);

	const hash128 hash = hashes_->of(entry, images_.data());

	put(undo_entry_hash, entry_hash::to_write(hash));
	batch_hash_ += hash;
	rows_->put(entry);
	MemoryContextSwitchTo(saved);
	MemoryContextReset(row_cxt_.get());
}

/* Of old values that are not in the entry it does not matter. */
void
undo_log::take_hashes(const std::vector<image_hash> &known)
{
	std::fill(images_.begin(), images_.end(), nullptr);
	for (const image_hash &k : known)
	{
		const auto column = std::find(columns_.begin(), columns_.end(), k.attnum);

		if (column != columns_.end())
			images_[layout_.old - 1 + (column - columns_.begin())] = &k.hash;
	}
}

/* Server code.  The undo log is older than the column.  A rollback fires no triggers. */
void
undo_log::raise_no_place(const FormData_pg_attribute &att) const
{
	if (no_place_hint_.empty())
		pg::raise_error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
						"a trigger changes a column that was added since the run began",
						"The run's undo log has no place for it.",
						"Disable the trigger until the run has ended.");
	pg::raise_error(
		ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
		psprintf("column \"%s\" was made anew since the rollback began", NameStr(att.attname)),
		"The rollback's undo log has no place for it.", no_place_hint_.c_str());
}

/* The changed columns: bits, hashes of the new images, and the old values as they were stored. */
void
undo_log::put_changes(TupleTableSlot *entry, TupleTableSlot *before, TupleTableSlot *after)
{
	const TupleDesc descriptor = target_.descriptor();
	const size_t bitmap_size = (descriptor->natts + 7) / 8;
	auto *const bitmap = static_cast<uint8 *>(palloc0(bitmap_size));
	auto *const hashes = static_cast<hash128 *>(palloc(sizeof(hash128) * descriptor->natts));
	size_t changed = 0;
	int at = layout_.old - 1;

	auto has_changed = [=](const FormData_pg_attribute &att) {
		const int i = att.attnum - 1;

		return !att.attisdropped && att.attgenerated == '\0' &&
			   !same_image(att, before->tts_values[i], before->tts_isnull[i], after->tts_values[i],
						   after->tts_isnull[i]);
	};

	for (AttrNumber attnum : columns_)
	{
		const int i = attnum - 1;
		const bool is_changed = has_changed(*TupleDescAttr(descriptor, i));

		if (is_changed)
		{
			bitmap[i / 8] |= static_cast<uint8>(1 << (i % 8));
			hashes[changed++] = hash_content(types_[i], after->tts_values[i], after->tts_isnull[i]);
		}
		if (is_changed || key_.empty()) /* of a run without a key no column is dropped meanwhile */
		{
			entry->tts_values[at] = before->tts_values[i];
			entry->tts_isnull[at] = before->tts_isnull[i];
		}
		at++;
	}
	for (AttrNumber attnum : added_)
	{
		if (has_changed(*TupleDescAttr(descriptor, attnum - 1)))
			raise_no_place(*TupleDescAttr(descriptor, attnum - 1));
	}
	entry->tts_values[layout_.changed - 1] = bytes(bitmap, bitmap_size);
	entry->tts_values[layout_.new_hash - 1] = bytes(hashes, sizeof(hash128) * changed);
	entry->tts_isnull[layout_.changed - 1] = entry->tts_isnull[layout_.new_hash - 1] = false;
}

void
undo_log::end_batch()
{
	rows_->finish();
}

void
undo_log::keep_batch()
{
	hash_ += batch_hash_;
	kept_seq_ = next_seq_;
	digest_.keep_batch();
}

hash_sum
undo_log::finish()
{
	digest_.finish();
	return hash_;
}

} // namespace migsafe
