#include "table/pairing.hpp"

#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "table/column_sql.hpp"
#include "table/content.hpp"
#include "table/equality_operator.hpp"

namespace migsafe {
namespace {

std::string
order_by(const counterpart &other)
{
	return other.order.empty() ? "" : " ORDER BY " + other.order + " DESC"; /* of the result */
}

std::string
where(const counterpart &other)
{
	return other.filter.empty() ? "" : " WHERE " + other.filter;
}

/* What order_by() takes, for a list of columns. */
std::string
ordering_column(const counterpart &other)
{
	return other.order.empty() ? "" : ", o." + other.order;
}

std::string
from(const counterpart &other)
{
	const std::string table = "ONLY " + other.relation + " o";

	return other.places ? other.places->name() + " p JOIN " + table + " ON p.tid = o.ctid" : table;
}

std::string
join_places(const counterpart &other)
{
	return other.target_places ? " JOIN " + other.target_places->name() +
									 " c ON c.tableoid = t.tableoid AND c.tid = t.ctid"
							   : "";
}

std::string
same_key(const target &t, const std::vector<AttrNumber> &key, const counterpart &other)
{
	std::string on;

	for (size_t i = 0; i < key.size(); i++)
	{
		const column &c = t.at(key[i]);

		on += (i > 0 ? " AND " : "") + ("o." + other.keys[i]) + " " + key_equality(c) + " t." +
			  pg::identifier(c.name);
	}
	return on;
}

/* What both lists know of the rows is enough. */
std::string
by_listed_key(const target &t, const std::vector<AttrNumber> &key, const counterpart &other)
{
	std::string on;

	for (size_t i = 0; i < key.size(); i++)
	{
		const std::string column = ".k" + std::to_string(i + 1);

		on += (i > 0 ? " AND p" : "p") + column + " " + key_equality(t.at(key[i])) + " c" + column;
	}
	return "SELECT p.tid, c.tableoid, c.tid, false" +
		   (other.order.empty() ? "" : ", p." + other.order) + " FROM " + other.places->name() +
		   " p JOIN " + other.target_places->name() + " c ON " + on + order_by(other);
}

/* Beside same_key(): 2 and 2.00 are equal, but not one key. */
std::string
key_written_alike(const target &t, const std::vector<AttrNumber> &key, const counterpart &other)
{
	std::string others, rows;

	for (size_t i = 0; i < key.size(); i++)
	{
		const column &c = t.at(key[i]);

		others += (i > 0 ? ", o." : "o.") + other.keys[i];
		rows += (i > 0 ? ", t." : "t.") + pg::identifier(c.name) + "::" + storage_type(c);
	}
	return "ROW(" + others + ")::record *= ROW(" + rows + ")::record";
}

std::string
by_key(const target &t, const std::vector<AttrNumber> &key, const counterpart &other,
	   const std::string &join)
{
	return "SELECT o.ctid, t.tableoid, t.ctid, false" + ordering_column(other) + " FROM " +
		   from(other) + " " + join + " JOIN " + t.quoted() + " t ON " + same_key(t, key, other) +
		   join_places(other) + where(other) + order_by(other);
}

/* With a number that tells rows of one hash apart. */
std::string
numbered(const std::string &rows, const std::string &order)
{
	return "(SELECT x.*, row_number() OVER (PARTITION BY x.h" + order + ") AS n FROM (" + rows +
		   ") x)";
}

/* Pairs of o and t, both numbered, by hash and number. */
std::string
by_number(const std::string &others, const std::string &join, const std::string &rows)
{
	return " FROM " + others + " o " + join + " JOIN " + rows + " t ON o.h = t.h AND o.n = t.n";
}

/*
 * Others that have no row are taken for the rows that are left, by their second hash.  So
 * where several have one row, those come first that could not have another one.
 */
std::string
by_two_hashes(const counterpart &other, const std::string &others, const std::string &rows)
{
	const std::string order = ordering_column(other);

	return "WITH r AS (" + rows + "), p AS (SELECT o.tid, o.back, t.tableoid, t.tid AS row, t.h" +
		   order +
		   by_number(numbered("SELECT o.*, b.h IS NOT NULL AS is_there FROM (" + others +
								  ") o LEFT JOIN (SELECT DISTINCT r.h FROM r) b ON b.h = o.back",
							  " ORDER BY x.is_there"),
					 "FULL", numbered("SELECT r.* FROM r", "")) +
		   ") SELECT o.tid, o.tableoid, o.row, false AS is_back" + order +
		   " FROM p o WHERE o.tid IS NOT NULL AND o.row IS NOT NULL UNION ALL"
		   " SELECT o.tid, t.tableoid, t.row, true" +
		   order +
		   by_number(
			   numbered("SELECT o.tid, o.back AS h" + order + " FROM p o WHERE o.row IS NULL", ""),
			   "LEFT", numbered("SELECT p.tableoid, p.row, p.h FROM p WHERE p.tid IS NULL", ""));
}

std::string
without_other(const target &t, const std::vector<AttrNumber> &key, const counterpart &other)
{
	return "SELECT NULL::tid, t.tableoid, t.ctid, false FROM " + t.quoted() + " t WHERE " +
		   other.target_filter + " AND NOT EXISTS (SELECT FROM ONLY " + other.relation +
		   " o WHERE " + same_key(t, key, other) + " AND " + key_written_alike(t, key, other) + ")";
}

/* By the index of the key it would meet the rows where random keys lie. */
std::vector<pg::setting>
settings_for(row_pairs::join kind)
{
	if (kind != row_pairs::join::none)
		return {};
	return {{"enable_nestloop", "off"}, {"enable_mergejoin", "off"}};
}

std::string
by_row_hash(const target &t, const counterpart &other, const std::string &join)
{
	const bool may_be_back = !other.back_row_hash.empty();
	const std::string others = "SELECT o.ctid AS tid, " + other.row_hash + " AS h" +
							   (may_be_back ? ", " + other.back_row_hash + " AS back" : "") +
							   ordering_column(other) + " FROM " + from(other) + where(other);
	const std::string rows = "SELECT t.tableoid, t.ctid AS tid, " +
							 row_hash_sql(t, other.row_columns, "t") + " AS h FROM " + t.quoted() +
							 " t" + join_places(other);

	return (may_be_back ? by_two_hashes(other, others, rows)
						: "SELECT o.tid, t.tableoid, t.tid, false" + ordering_column(other) +
							  by_number(numbered(others, ""), join, numbered(rows, ""))) +
		   order_by(other);
}

} // namespace

std::vector<AttrNumber>
hashed_columns(const target &t)
{
	std::vector<AttrNumber> columns;

	for (const column &c : t.columns())
	{
		if (!c.generated)
			columns.push_back(c.attnum);
	}
	return columns;
}

std::string
row_hash_sql(const target &t, const std::vector<AttrNumber> &columns, const std::string &alias)
{
	std::string list;

	for (AttrNumber attnum : columns)
		list += (list.empty() ? "" : ", ") + alias + "." + pg::identifier(t.at(attnum).name);
	return "migsafe.row_hash(ROW(" + list + "))";
}

void
require_same_owner(const target &t, Relation other)
{
	t.require_trusted_descendants();
	if (other->rd_rel->relowner == t.owner())
		return;

	const std::string name = RelationGetRelationName(other);
	const std::string schema =
		pg::call([=] { return get_namespace_name_or_temp(RelationGetNamespace(other)); });
	const std::string owner = pg::call([&] { return GetUserNameFromId(t.owner(), false); });

	throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
				  "table \"" + name + "\" does not belong to the owner of table \"" + t.name() +
					  "\"")
		.detail("The owner of the one or the other has changed since it was made.")
		.hint("As a superuser: ALTER TABLE " + pg::qualified_name(schema, name) + " OWNER TO " +
			  pg::identifier(owner) + ";");
}

row_pairs::row_pairs(const target &t, const std::vector<AttrNumber> &key, Relation other_rel,
					 join kind)
	: target_(t), key_(key), kind_(kind)
{
	require_same_owner(t, other_rel);
}

row_pairs::row_pairs(const target &t, const std::vector<AttrNumber> &key, const counterpart &other,
					 Relation other_rel, join kind)
	: row_pairs(t, key, other_rel, kind)
{
	open(other);
}

void
row_pairs::open(const counterpart &other)
{
	const std::string join_type = kind_ == join::full   ? "FULL"
								  : other.target_places ? "INNER"
														: "LEFT";
	const std::string sql = kind_ == join::none     ? without_other(target_, key_, other)
							: other.lists_have_keys ? by_listed_key(target_, key_, other)
							: key_.empty()          ? by_row_hash(target_, other, join_type)
													: by_key(target_, key_, other, join_type);
	const pg::elevated rights(target_.owner());
	const pg::local_settings planned(settings_for(kind_));

	if (place_list *const any = other.places ? other.places : other.target_places)
	{
		const pg::active_snapshot active(any->snapshot());

		for (place_list *const list : {other.places, other.target_places})
		{
			if (list)
				pg::call([=] { SPI_register_relation(list->relation()); });
		}
		cursor_.emplace(sql, std::vector<pg::value>{}, pg::cursor::sees::active_snapshot);
	}
	else
		cursor_.emplace(sql);
}

bool
row_pairs::advance()
{
	if (!cursor_->needs_fetch())
		return cursor_->next();

	const pg::elevated rights(target_.owner());

	return cursor_->next();
}

bool
row_pairs::next()
{
	if (!advance())
		return false;
	pg::call([this] {
		bool other_null, row_null, ignored;
		HeapTuple const tuple = cursor_->tuple();
		TupleDesc const descriptor = cursor_->descriptor();
		const Datum other = SPI_getbinval(tuple, descriptor, 1, &other_null);
		const Datum table = SPI_getbinval(tuple, descriptor, 2, &ignored);
		const Datum row = SPI_getbinval(tuple, descriptor, 3, &row_null);

		is_back_ = DatumGetBool(SPI_getbinval(tuple, descriptor, 4, &ignored));
		has_other_ = !other_null;
		has_target_ = !row_null;
		if (has_other_)
			other_ = *static_cast<ItemPointer>(static_cast<void *>(DatumGetPointer(other)));
		if (has_target_)
		{
			row_ = *static_cast<ItemPointer>(static_cast<void *>(DatumGetPointer(row)));
			leaf_no_ = target_.required_leaf_no(DatumGetObjectId(table));
		}
	});
	return true;
}

} // namespace migsafe

using namespace migsafe;

namespace {

/* The types of the last record type that a call site met. */
struct record_content
{
	Oid type;
	int32 typmod;
	const content_type **types;
};

/* Server code. */
const record_content *
content_of_record(FmgrInfo *call_site, HeapTupleHeader header, TupleDesc descriptor)
{
	auto *known = static_cast<record_content *>(call_site->fn_extra);

	if (known && known->type == HeapTupleHeaderGetTypeId(header) &&
		known->typmod == HeapTupleHeaderGetTypMod(header))
		return known;

	MemoryContext const saved = MemoryContextSwitchTo(call_site->fn_mcxt);

	known = static_cast<record_content *>(palloc(sizeof(record_content)));
	known->type = HeapTupleHeaderGetTypeId(header);
	known->typmod = HeapTupleHeaderGetTypMod(header);
	known->types = content_of_row(descriptor, content_mode::stored);
	call_site->fn_extra = known;
	MemoryContextSwitchTo(saved);
	return known;
}

} // namespace

/* Internal: the hash of all fields of a record, as an undo log has it of a row. */
MIGSAFE_FUNCTION(migsafe_row_hash)
{
	return pg::call([=] {
		HeapTupleHeader const header = PG_GETARG_HEAPTUPLEHEADER(0);
		TupleDesc const descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
															HeapTupleHeaderGetTypMod(header));
		HeapTupleData tuple;
		auto *const values = static_cast<Datum *>(palloc(sizeof(Datum) * descriptor->natts));
		auto *const nulls = static_cast<bool *>(palloc(sizeof(bool) * descriptor->natts));
		auto *const result = static_cast<bytea *>(palloc(VARHDRSZ + sizeof(hash128)));

		tuple.t_len = HeapTupleHeaderGetDatumLength(header);
		ItemPointerSetInvalid(&tuple.t_self);
		tuple.t_tableOid = InvalidOid;
		tuple.t_data = header;
		heap_deform_tuple(&tuple, descriptor, values, nulls);

		const hash128 hash = hash_row(content_of_record(fcinfo->flinfo, header, descriptor)->types,
									  descriptor->natts, values, nulls);

		ReleaseTupleDesc(descriptor);
		SET_VARSIZE(result, VARHDRSZ + sizeof(hash128));
		memcpy(VARDATA(result), &hash, sizeof(hash));
		return PointerGetDatum(result);
	});
}
