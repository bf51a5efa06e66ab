#include "table/equality_operator.hpp"

extern "C" {
#include "catalog/pg_am.h"
#include "catalog/pg_operator.h"
#include "parser/parse_oper.h"
}

namespace migsafe {
namespace {

/* Server code, as is the next. */
Oid
find_operator(Oid left, Oid right)
{
	const Oid base = getBaseType(left);

	if (base == getBaseType(right))
		return lookup_type_cache(base, TYPECACHE_EQ_OPR)->eq_opr;
	Operator const found =
		oper(nullptr, list_make2(makeString(pstrdup("pg_catalog")), makeString(pstrdup("="))), base,
			 getBaseType(right), true, -1);
	const Oid op = found ? oprid(found) : InvalidOid;

	if (found)
		ReleaseSysCache(found);
	return op;
}

Oid
find_ordering_operator(Oid type, StrategyNumber strategy)
{
	const TypeCacheEntry *const entry =
		lookup_type_cache(getBaseType(type), TYPECACHE_BTREE_OPFAMILY);

	return get_opfamily_member(entry->btree_opf, entry->btree_opintype, entry->btree_opintype,
							   static_cast<int16>(strategy));
}

const char *
operator_name(Oid op)
{
	HeapTuple const tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));

	if (!HeapTupleIsValid(tuple))
		return nullptr;
	const auto *const form = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
	const char *const name =
		psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
				 NameStr(form->oprname));

	ReleaseSysCache(tuple);
	return name;
}

} // namespace

std::optional<std::string>
equality_operator(Oid left, Oid right)
{
	const char *const name = pg::call([=] { return operator_name(find_operator(left, right)); });

	return name ? std::optional<std::string>(name) : std::nullopt;
}

std::optional<std::string>
ordering_operator(Oid type, StrategyNumber strategy)
{
	const char *const name =
		pg::call([=] { return operator_name(find_ordering_operator(type, strategy)); });

	return name ? std::optional<std::string>(name) : std::nullopt;
}

std::string
key_equality(const column &c)
{
	const auto name = equality_operator(c.type, c.type);

	if (!name)
		throw failure(ERRCODE_UNDEFINED_FUNCTION, "a key column has no equality operator")
			.hint("Give its type a default operator class.");
	return *name;
}

bool
is_as_coarse(Relation index, int i, const FormData_pg_attribute &column)
{
	const Oid type = index->rd_opcintype[i], collation = index->rd_indcollation[i];

	if (index->rd_rel->relam != BTREE_AM_OID)
		return true;
	return get_opfamily_member(index->rd_opfamily[i], type, type, BTEqualStrategyNumber) ==
			   find_operator(column.atttypid, column.atttypid) &&
		   (collation == column.attcollation || !OidIsValid(column.attcollation) ||
			get_collation_isdeterministic(column.attcollation));
}

} // namespace migsafe
