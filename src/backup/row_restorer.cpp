#include "backup/row_restorer.hpp"

#include "pg/message.hpp"
#include "table/image.hpp"
#include "table/row_text.hpp"

#include <algorithm>

namespace migsafe {

std::vector<AttrNumber>
row_restorer::settable_columns(const target &t)
{
	std::vector<AttrNumber> columns;

	for (const column &c : t.columns())
	{
		if (!c.generated)
			columns.push_back(c.attnum);
	}
	return columns;
}

/* Server code.  The row of the backup, its columns being those of the target without gaps. */
TupleTableSlot *
row_restorer::backup_row(ItemPointer tid)
{
	TupleTableSlot *const slot = writer_.extra_slot(copy_);

	if (!table_tuple_fetch_row_version(copy_, tid, writer_.snapshot(), slot))
		pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
						"the backup was changed while it was being restored", nullptr,
						"Call again.");
	slot_getallattrs(slot);
	return slot;
}

/* Server code.  row: in the target's layout. */
bool
row_restorer::has_already(const column &c, TupleTableSlot *row, Datum value, bool null) const
{
	const int n = c.attnum - 1;

	return same_image(*TupleDescAttr(target_.descriptor(), n), row->tts_values[n],
					  row->tts_isnull[n], value, null);
}

bool
row_restorer::differs(const row_pairs &pair)
{
	return pg::call([&, this] {
		ItemPointerData row_tid = pair.row(), backup_tid = pair.other();
		TupleTableSlot *const stored = writer_.fetch(pair.leaf_no(), &row_tid);

		if (stored == nullptr)
			return true;

		TupleTableSlot *const row = writer_.old_in_target_layout(pair.leaf_no(), stored);
		TupleTableSlot *const wanted = backup_row(&backup_tid);
		bool same = true;

		slot_getallattrs(row);
		for (size_t i = 0; i < target_.columns().size() && same; i++)
		{
			const column &c = target_.columns()[i];

			same = c.generated || has_already(c, row, wanted->tts_values[i], wanted->tts_isnull[i]);
		}
		return !same;
	});
}

/* Server code.  What is there of a row that is to change, in the target's layout; else nullptr. */
TupleTableSlot *
row_restorer::present_row(const action_list &list)
{
	if (list.what() != action::change)
		return nullptr;

	TupleTableSlot *const stored = writer_.fetch(list.leaf_no(), list.row());

	if (stored == nullptr)
		return nullptr;

	TupleTableSlot *const row = writer_.old_in_target_layout(list.leaf_no(), stored);

	slot_getallattrs(row);
	return row;
}

/* As in an UPDATE, a value that stays is not tried: a constraint may be NOT VALID. */
void
row_restorer::require_domains(const action_list &list, const std::vector<AttrNumber> &key)
{
	TupleTableSlot *const wanted = pg::call([&, this] { return backup_row(list.backup_row()); });
	TupleTableSlot *const present = pg::call([&, this] { return present_row(list); });

	for (size_t i = 0; i < target_.columns().size(); i++)
	{
		const column &c = target_.columns()[i];
		const Datum value = wanted->tts_values[i];
		const bool null = wanted->tts_isnull[i];

		if (c.generated ||
			(present && pg::call([&, this] { return has_already(c, present, value, null); })))
			continue;
		if (const auto refused = domains_.refusal(c, value, null))
			throw failure(refused->sqlstate, refused->message)
				.detail("It is in column \"" + c.name + "\" of the row " +
						row_json(target_, pg::call([&, this] { return whole_row(wanted); }), key) +
						" of the backup.")
				.hint("Nothing was changed. The domain has become another since the backup was "
					  "made.");
	}
}

void
row_restorer::perform(const action_list &list, action what)
{
	write_outcome outcome = write_outcome::written;
	ItemPointerData tid = *list.row();

	if (what == action::remove)
		outcome = writer_.remove(list.leaf_no(), &tid);
	else if (what == action::insert)
		writer_.insert(whole_row(backup_row(list.backup_row())));
	else
		outcome = change(list, &tid);
	if (outcome != write_outcome::written)
		pg::raise_error(ERRCODE_T_R_SERIALIZATION_FAILURE,
						"a row was changed while it was being restored", nullptr, "Call again.");
}

/* Server code. */
write_outcome
row_restorer::change(const action_list &list, ItemPointer tid)
{
	const leaf &l = target_.leaves()[list.leaf_no()];
	TupleTableSlot *const old = writer_.fetch(list.leaf_no(), tid);
	TupleTableSlot *const wanted = backup_row(list.backup_row());

	if (old == nullptr)
		return write_outcome::changed;

	TupleTableSlot *const row = writer_.copy_of(list.leaf_no(), old);

	for (size_t i = 0; i < target_.columns().size(); i++)
	{
		const int n = l.from_target[target_.columns()[i].attnum - 1] - 1;

		row->tts_values[n] = wanted->tts_values[i];
		row->tts_isnull[n] = wanted->tts_isnull[i];
	}
	return writer_.update(list.leaf_no(), tid, row);
}

/* Server code.  A row of the backup in the target's layout. */
TupleTableSlot *
row_restorer::whole_row(TupleTableSlot *from)
{
	TupleTableSlot *const row = ExecClearTuple(writer_.target_slot());

	std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
	for (size_t i = 0; i < target_.columns().size(); i++)
	{
		const int n = target_.columns()[i].attnum - 1;

		row->tts_values[n] = from->tts_values[i];
		row->tts_isnull[n] = from->tts_isnull[i];
	}
	return ExecStoreVirtualTuple(row);
}

} // namespace migsafe
