#include "table/key_lookup.hpp"

#include "pg/rights.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "table/equality_operator.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* However small the table is; nor are a few rows worth any preparation. */
std::vector<pg::setting>
by_index()
{
	return {{"enable_seqscan", "off"}, {"enable_bitmapscan", "off"}, {"jit", "off"}};
}

std::string
query(const target &t, const std::vector<AttrNumber> &key)
{
	std::string condition;

	for (size_t i = 0; i < key.size(); i++)
	{
		const column &c = t.at(key[i]);

		condition += (i > 0 ? " AND t." : "t.") + pg::identifier(c.name) + " " + key_equality(c) +
					 " $" + std::to_string(i + 1);
	}
	return "SELECT t.tableoid, t.ctid FROM " + t.quoted() + " t WHERE " + condition;
}

std::vector<Oid>
types_of(const target &t, const std::vector<AttrNumber> &key)
{
	std::vector<Oid> types;

	types.reserve(key.size());
	for (AttrNumber attnum : key)
		types.push_back(pg::call(getBaseType, t.at(attnum).type));
	return types;
}

/* As the planner decides it. */
bool
has_usable_index(const leaf &l)
{
	const Oid found = primary_key_index(l.rel.get());

	if (!OidIsValid(found))
		return false;

	const pg::relation index(found, AccessShareLock);
	Relation const r = index.get();

	return index->rd_index->indisvalid && (!index->rd_index->indcheckxmin || pg::call([=] {
			   return TransactionIdPrecedes(HeapTupleHeaderGetXmin(r->rd_indextuple->t_data),
											TransactionXmin);
		   }));
}

} // namespace

bool
key_lookup::is_quick(const target &t)
{
	return std::all_of(t.leaves().begin(), t.leaves().end(), has_usable_index);
}

key_lookup::key_lookup(const target &t, const std::vector<AttrNumber> &key, Snapshot snapshot)
	: target_(t), snapshot_(snapshot)
{
	const std::string sql = query(t, key);
	std::vector<Oid> types = types_of(t, key);
	const pg::elevated rights(t.owner());
	pg::spi_session spi;

	plan_ = pg::call([&] {
		SPIPlanPtr const plan = SPI_prepare_cursor(sql.c_str(), static_cast<int>(types.size()),
												   types.data(), CURSOR_OPT_GENERIC_PLAN);

		SPI_keepplan(plan);
		return plan;
	});
}

key_lookup::~key_lookup()
{
	SPI_freeplan(plan_);
}

std::optional<row_place>
key_lookup::find(Datum *values, const char *nulls)
{
	const pg::elevated rights(target_.owner());
	const pg::active_snapshot active(snapshot_);
	std::optional<pg::local_settings> planned;
	pg::spi_session spi;

	if (!planned_)
		planned.emplace(by_index());
	pg::call(SPI_execute_plan, plan_, values, nulls, true, 1L);
	planned_ = true;
	return SPI_processed == 0 ? std::nullopt : std::optional<row_place>(found());
}

row_place
key_lookup::found() const
{
	return pg::call([this] {
		HeapTuple const row = SPI_tuptable->vals[0];
		bool null;
		const Datum table = SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &null);
		const Datum tid = SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &null);

		return row_place{target_.required_leaf_no(DatumGetObjectId(table)),
						 *reinterpret_cast<ItemPointer>(DatumGetPointer(tid))};
	});
}

} // namespace migsafe
