#include "table/row_text.hpp"

#include "pg/memory.hpp"
#include "pg/rights.hpp"
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

/*
 * The partition or child that the row lies in, with its schema if that is not the target's; empty
 * if it is the target itself.
 */
std::string
leaf_name(const target &t, TupleTableSlot *row)
{
	const Oid table = row->tts_tableOid;
	const char *const name = table == t.relid() ? nullptr : pg::call(get_rel_name, table);

	if (!name)
		return "";

	const Oid schema = pg::call(get_rel_namespace, table);

	return schema == pg::call(get_rel_namespace, t.relid())
			   ? name
			   : pg::qualified_name(pg::call(get_namespace_name, schema), name);
}

std::string
value_text(const named_value &v)
{
	return pg::call([&] {
		Oid output;
		bool varlena;

		getTypeOutputInfo(v.type, &output, &varlena);
		return OidOutputFunctionCall(output, v.value);
	});
}

named_value
value_of(const column &c, TupleTableSlot *row)
{
	named_value v{c.name, c.type, 0, true};

	v.value = pg::call([&] { return slot_getattr(row, c.attnum, &v.null); });
	return v;
}

std::string
by_row_to_json(const std::vector<named_value> &fields)
{
	const int count = static_cast<int>(fields.size());
	const named_value *const first = fields.data();

	return pg::call([=] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(count);
		auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * count));
		auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * count));

		for (int i = 0; i < count; i++)
		{
			TupleDescInitEntry(descriptor, static_cast<AttrNumber>(i + 1), first[i].name.c_str(),
							   first[i].type, -1, 0);
			values[i] = first[i].value;
			nulls[i] = first[i].null;
		}
		const Datum record = heap_copy_tuple_as_datum(
			heap_form_tuple(BlessTupleDesc(descriptor), values, nulls), descriptor);

		return TextDatumGetCString(DirectFunctionCall1(row_to_json, record));
	});
}

std::string
by_text(const std::vector<named_value> &fields)
{
	std::string json;

	for (const named_value &v : fields)
		json += (json.empty() ? "" : ", ") + pg::json_string(v.name) + ": " +
				(v.null ? "null" : pg::json_string(value_text(v)));
	return "{" + json + "}";
}

} // namespace

std::string
fields_json(const std::vector<named_value> &fields, Oid owner)
{
	const pg::restricted_role rights(owner);
	pg::memory_context cxt("migsafe row text");
	pg::memory_scope scope(cxt.get());
	std::string json = by_row_to_json(fields);

	if (pg::attempt(pg::subtransaction::access::read_only, [&] { (void) pg::value::json(json); }))
		json = by_text(fields);
	return json;
}

std::string
row_json(const target &t, TupleTableSlot *row, const std::vector<AttrNumber> &columns)
{
	std::vector<named_value> fields;

	for (const column &c : t.columns())
	{
		if (columns.empty() || std::find(columns.begin(), columns.end(), c.attnum) != columns.end())
			fields.push_back(value_of(c, row));
	}
	return fields_json(fields, t.owner());
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
		const named_value v = value_of(t.at(attnum), row);

		label += (label.size() > 1 ? ", " : "") + v.name + "=" + (v.null ? "null" : value_text(v));
	}
	return label + ")";
}

} // namespace migsafe
