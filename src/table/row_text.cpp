#include "table/row_text.hpp"

#include "pg/memory.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::string
tid_text(TupleTableSlot *row)
{
	const ItemPointerData &tid = row->tts_tid;

	return "(" + std::to_string(ItemPointerGetBlockNumberNoCheck(&tid)) + "," +
		   std::to_string(ItemPointerGetOffsetNumberNoCheck(&tid)) + ")";
}

/* The partition or child that the row lies in; empty if it is the target itself. */
std::string
leaf_name(const target &t, TupleTableSlot *row)
{
	const Oid table = row->tts_tableOid;
	const char *const name = table == t.relid() ? nullptr : pg::call(get_rel_name, table);

	return name ? name : "";
}

std::string
column_text(const column &c, TupleTableSlot *row)
{
	const char *const text = pg::call([&]() -> const char * {
		bool null;
		const Datum value = slot_getattr(row, c.attnum, &null);
		Oid output;
		bool varlena;

		if (null)
			return "null";
		getTypeOutputInfo(c.type, &output, &varlena);
		return OidOutputFunctionCall(output, value);
	});

	return text;
}

/* The column's text as a JSON string, or null. */
std::string
column_json(const column &c, TupleTableSlot *row)
{
	if (pg::call([&] { return slot_attisnull(row, c.attnum); }))
		return "null";
	return pg::json_string(column_text(c, row));
}

} // namespace

std::string
row_json(const target &t, TupleTableSlot *row, const std::vector<AttrNumber> &columns)
{
	pg::memory_context cxt("migsafe row text");
	pg::memory_scope scope(cxt.get());
	std::vector<AttrNumber> chosen = columns;

	if (chosen.empty())
	{
		for (const column &c : t.columns())
			chosen.push_back(c.attnum);
	}

	const int count = static_cast<int>(chosen.size());
	const AttrNumber *const attnums = chosen.data();
	const TupleDesc all = t.descriptor();
	const char *const json = pg::call([=] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(count);
		auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * count));
		auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * count));

		for (int i = 0; i < count; i++)
		{
			TupleDescCopyEntry(descriptor, static_cast<AttrNumber>(i + 1), all, attnums[i]);
			values[i] = slot_getattr(row, attnums[i], &nulls[i]);
		}
		const Datum record = heap_copy_tuple_as_datum(
			heap_form_tuple(BlessTupleDesc(descriptor), values, nulls), descriptor);

		return TextDatumGetCString(DirectFunctionCall1(row_to_json, record));
	});

	return json;
}

std::string
row_jsonb(const target &t, TupleTableSlot *row, const std::vector<AttrNumber> &columns)
{
	std::string json = row_json(t, row, columns);

	if (!pg::attempt(pg::subtransaction::access::read_only, [&] { (void) pg::value::json(json); }))
		return json;
	json.clear();
	for (const column &c : t.columns())
	{
		if (columns.empty() || std::find(columns.begin(), columns.end(), c.attnum) != columns.end())
			json +=
				(json.empty() ? "" : ", ") + pg::json_string(c.name) + ": " + column_json(c, row);
	}
	return "{" + json + "}";
}

std::string
key_json(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row)
{
	if (!key.empty())
		return row_json(t, row, key);

	const std::string table = leaf_name(t, row);

	return "{\"ctid\": " + pg::json_string(tid_text(row)) +
		   (table.empty() ? "" : ", \"table\": " + pg::json_string(table)) + "}";
}

std::string
key_label(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row)
{
	if (key.empty())
	{
		const std::string table = leaf_name(t, row);

		return "(ctid=" + tid_text(row) + (table.empty() ? "" : ", table=" + table) + ")";
	}

	pg::memory_context cxt("migsafe row text");
	pg::memory_scope scope(cxt.get());
	std::string label = "(";

	for (AttrNumber attnum : key)
	{
		if (label.size() > 1)
			label += ", ";
		label += t.at(attnum).name + "=" + column_text(t.at(attnum), row);
	}
	return label + ")";
}

} // namespace migsafe
