#include "check/reference.hpp"

#include "pg/relation.hpp"
#include "pg/value.hpp"
#include "table/equality_operator.hpp"
#include "table/readable.hpp"

#include <algorithm>

extern "C" {
#include "utils/regproc.h"
}

namespace migsafe {
namespace {

/* Looked up and locked as a query of the caller's would do it. */
Oid
find_relation(const check_reader &reader, const std::string &name)
{
	const Oid found = pg::translate_errors(
		[&] {
			return pg::call([&] {
				return RangeVarGetRelid(
					makeRangeVarFromNameList(compat::parse_qualified_name(name.c_str())),
					AccessShareLock, true);
			});
		},
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(), "table \"" + name + "\" of " + reader.label() +
											 " cannot be used: " + e.what())
				.hint("Write its name as in a query, as in \"my_schema.my_table\".");
		});

	if (!OidIsValid(found))
		throw failure(ERRCODE_UNDEFINED_TABLE,
					  "table \"" + name + "\" of " + reader.label() + " does not exist")
			.hint("Write its name as in a query, with its schema unless that is in the "
				  "search_path.");
	return found;
}

void
require_rows(const check_reader &reader, Relation rel)
{
	const char kind = rel->rd_rel->relkind;

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW &&
		kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		throw failure(ERRCODE_WRONG_OBJECT_TYPE, std::string("\"") + RelationGetRelationName(rel) +
													 "\" of " + reader.label() + " has no rows")
			.hint("Name a table or a view.");
	if (!rel->rd_rel->relispopulated)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  std::string("materialized view \"") + RelationGetRelationName(rel) +
						  "\" of " + reader.label() + " has not been populated")
			.hint("Execute REFRESH MATERIALIZED VIEW first.");
}

std::vector<std::string>
primary_key(Relation rel)
{
	std::vector<std::string> names;

	(void) pg::call(RelationGetIndexList, rel); /* fills rd_pkindex */
	if (!OidIsValid(rel->rd_pkindex))
		return names;

	const pg::relation index(rel->rd_pkindex, AccessShareLock);

	for (int i = 0; i < index->rd_index->indnkeyatts; i++)
		names.emplace_back(NameStr(
			TupleDescAttr(RelationGetDescr(rel), index->rd_index->indkey.values[i] - 1)->attname));
	return names;
}

std::string
collation_name(Oid collation)
{
	return pg::call([=] {
		return DatumGetCString(DirectFunctionCall1(regcollationout, ObjectIdGetDatum(collation)));
	});
}

} // namespace

const column *
reference::find(const std::string &column_name) const
{
	const auto c = std::find_if(columns.begin(), columns.end(),
								[&](const column &each) { return each.name == column_name; });

	return c == columns.end() ? nullptr : &*c;
}

reference
find_reference(const check_reader &reader, const std::string &name)
{
	const Oid relid = find_relation(reader, name);
	const pg::relation rel(relid, NoLock);

	require_rows(reader, rel.get());
	require_readable(relid);

	reference r;

	r.name = RelationGetRelationName(rel.get());
	r.quoted = pg::qualified_name(
		pg::call([&] { return get_namespace_name_or_temp(RelationGetNamespace(rel.get())); }),
		r.name);
	r.columns = columns_of(RelationGetDescr(rel.get()));
	r.key = primary_key(rel.get());
	return r;
}

const column &
require_column(const check_reader &reader, const reference &r, const std::string &name)
{
	const column *const c = r.find(name);

	if (c == nullptr)
		throw reader.no_column(name, r.name);
	return *c;
}

std::string
equality_sql(const check_reader &reader, const column &left, const std::string &left_alias,
			 const column &right, const std::string &right_alias)
{
	const auto op = equality_operator(left.type, right.type);

	if (!op)
		throw failure(ERRCODE_UNDEFINED_FUNCTION, "columns \"" + left.name + "\" and \"" +
													  right.name + "\" of " + reader.label() +
													  " cannot be compared")
			.detail("They are of the types " + std::string(pg::call(format_type_be, left.type)) +
					" and " + pg::call(format_type_be, right.type) + ".")
			.hint("Compare with a view that casts the column.");

	/* As a foreign key compares: by the referenced column's, where both have one. */
	const std::string collation = left.collation != right.collation && OidIsValid(left.collation) &&
										  OidIsValid(right.collation)
									  ? " COLLATE " + collation_name(right.collation)
									  : "";

	return left_alias + "." + pg::identifier(left.name) + collation + " " + *op + " " +
		   right_alias + "." + pg::identifier(right.name);
}

} // namespace migsafe
