#include "table/row_key.hpp"

#include "pg/rights.hpp"
#include "pg/settings.hpp"
#include "table/equality_operator.hpp"

#include <algorithm>
#include <cmath>

namespace migsafe {
namespace {

constexpr double blocks_to_sample = 300;

std::string
ordering(const column &c, StrategyNumber strategy)
{
	const auto name = ordering_operator(c.type, strategy);

	if (!name)
		throw failure(ERRCODE_UNDEFINED_FUNCTION, "key column \"" + c.name + "\" has no ordering")
			.hint("Give its type a default operator class for btree, or use migsafe.run_safe().");
	return *name;
}

bool
is_built_in(const std::string &operator_name)
{
	return operator_name.rfind("OPERATOR(pg_catalog.", 0) == 0;
}

std::string
parameter(size_t n)
{
	return "$" + std::to_string(n);
}

key_text
to_key(const pg::text_row &row)
{
	key_text key;

	for (const auto &text : row)
		key.push_back(text.value());
	return key;
}

/* However small the table is. */
std::vector<pg::setting>
index_settings()
{
	return {{"enable_seqscan", "off"},
			{"enable_bitmapscan", "off"},
			{"enable_sort", "off"},
			{"jit", "off"},
			{"max_parallel_workers_per_gather", "0"}};
}

} // namespace

row_key::row_key(const target &t, std::vector<AttrNumber> columns)
	: target_(t), columns_(std::move(columns))
{
	for (AttrNumber attnum : columns_)
	{
		const column &c = t.at(attnum);

		parts_.push_back({"t." + pg::identifier(c.name), pg::call(getBaseType, c.type),
						  ordering(c, BTLessStrategyNumber), ordering(c, BTLessEqualStrategyNumber),
						  ordering(c, BTEqualStrategyNumber),
						  ordering(c, BTGreaterEqualStrategyNumber),
						  ordering(c, BTGreaterStrategyNumber)});
	}
	by_row_ = std::all_of(parts_.begin(), parts_.end(),
						  [](const part &p) { return is_built_in(p.less); });
}

key_text
row_key::text_of(TupleTableSlot *row) const
{
	const pg::pinned_output pinned;
	key_text key;

	for (AttrNumber attnum : columns_)
	{
		const Oid type = target_.at(attnum).type;

		key.emplace_back(pg::call([=] {
			Oid output;
			bool varlena, null;
			const Datum value = slot_getattr(row, attnum, &null);

			getTypeOutputInfo(type, &output, &varlena);
			return OidOutputFunctionCall(output, value);
		}));
	}
	return key;
}

std::vector<pg::value>
row_key::values(const key_text &key) const
{
	const pg::pinned_output pinned;
	std::vector<pg::value> values;

	for (size_t i = 0; i < parts_.size(); i++)
	{
		const Oid type = parts_[i].type;
		const int32 typmod = target_.at(columns_[i]).typmod;
		char *const text = const_cast<char *>(key.at(i).c_str());

		values.push_back({pg::call([=] {
							  Oid input, parameter_type;

							  getTypeInputInfo(type, &input, &parameter_type);
							  return OidInputFunctionCall(input, text, parameter_type, typmod);
						  }),
						  type, false});
	}
	return values;
}

/* As the server prints and reads keys, and by the index of the key. */
std::vector<pg::text_row>
row_key::query(const std::string &sql, const std::vector<pg::value> &values) const
{
	const pg::elevated rights(target_.owner());
	const pg::pinned_output pinned;
	const pg::local_settings by_index(index_settings());
	pg::spi_session spi;

	return spi.query_in_snapshot(sql, values);
}

/* The same of a query for tableoid and ctid, whose rows may be many. */
std::vector<row_place>
row_key::places(const std::string &sql, const std::vector<pg::value> &values) const
{
	const pg::elevated rights(target_.owner());
	const pg::local_settings by_index(index_settings());
	pg::spi_session spi;
	pg::cursor rows(sql, values, pg::cursor::sees::active_snapshot);

	return row_places(target_, rows);
}

std::string
row_key::list(const std::string &after_each) const
{
	std::string text;

	for (const part &p : parts_)
		text += (text.empty() ? "" : ", ") + p.name + after_each;
	return text;
}

std::string
row_key::order(operator_of by) const
{
	std::string text;

	for (const part &p : parts_)
		text += (text.empty() ? "" : ", ") + p.name + " USING " + p.*by;
	return text;
}

/* Key before or behind parameters, as a condition that the index of the key can be searched by. */
std::string
row_key::comparison(operator_of strict, operator_of or_equal, bool may_be_equal,
					size_t first_parameter) const
{
	if (!by_row_ || parts_.size() == 1)
		return column_by_column(strict, or_equal, may_be_equal, first_parameter, 0);

	std::string parameters;

	for (size_t i = 0; i < parts_.size(); i++)
		parameters += (i > 0 ? ", " : "") + parameter(first_parameter + i);
	return "ROW(" + list("") + ") " + parts_[0].*(may_be_equal ? or_equal : strict) + " ROW(" +
		   parameters + ")";
}

std::string
row_key::column_by_column(operator_of strict, operator_of or_equal, bool may_be_equal,
						  size_t first_parameter, size_t from) const
{
	const part &p = parts_[from];
	const std::string value = " " + parameter(first_parameter + from);

	if (from + 1 == parts_.size())
		return p.name + " " + p.*(may_be_equal ? or_equal : strict) + value;
	return p.name + " " + p.*or_equal + value + " AND (" + p.name + " " + p.*strict + value +
		   " OR " + column_by_column(strict, or_equal, may_be_equal, first_parameter, from + 1) +
		   ")";
}

std::optional<key_text>
row_key::last() const
{
	const auto rows = query("SELECT " + list("") + " FROM " + target_.quoted() + " t ORDER BY " +
								order(&part::greater) + " LIMIT 1",
							{});

	return rows.empty() ? std::nullopt : std::optional<key_text>(to_key(rows[0]));
}

std::vector<row_place>
row_key::rows_between(const std::optional<key_text> &after, const key_text &up_to,
					  int64 limit) const
{
	std::vector<pg::value> parameters = values(up_to);
	std::string condition = comparison(&part::less, &part::less_or_equal, true, 1);

	if (after)
	{
		condition =
			comparison(&part::greater, &part::greater_or_equal, false, parameters.size() + 1) +
			" AND " + condition;
		for (const pg::value &v : values(*after))
			parameters.push_back(v);
	}
	return places("SELECT t.tableoid, t.ctid FROM " + target_.quoted() + " t WHERE " + condition +
					  " ORDER BY " + order(&part::less) + " LIMIT " + std::to_string(limit),
				  parameters);
}

std::optional<row_place>
row_key::row_with(const key_text &key) const
{
	std::string condition;

	for (size_t i = 0; i < parts_.size(); i++)
		condition += (i > 0 ? " AND " : "") + parts_[i].name + " " + parts_[i].equal + " " +
					 parameter(i + 1);

	const std::vector<row_place> found =
		places("SELECT t.tableoid, t.ctid FROM " + target_.quoted() + " t WHERE " + condition,
			   values(key));

	return found.empty() ? std::nullopt : std::optional<row_place>(found[0]);
}

std::vector<key_text>
row_key::divide(int pieces) const
{
	const double percent = std::min(
		100.0, 100.0 * blocks_to_sample / std::max(static_cast<double>(target_.blocks()), 1.0));
	std::vector<key_text> bounds;
	const auto sample =
		query("SELECT " + list("") + " FROM " + target_.quoted() + " t TABLESAMPLE system (" +
				  std::to_string(percent) + ") REPEATABLE (0) ORDER BY " + order(&part::less),
			  {});

	for (int i = 1; i < pieces; i++)
	{
		const size_t at = sample.size() * static_cast<size_t>(i) / static_cast<size_t>(pieces);

		if (at < sample.size() && (bounds.empty() || to_key(sample[at]) != bounds.back()))
			bounds.push_back(to_key(sample[at]));
	}
	return bounds;
}

void
row_key::each_since(const std::string &snapshot, const std::string &tables,
					const std::string &undo_table,
					const std::function<void(const key_text &)> &take) const
{
	std::string same;

	for (size_t i = 0; i < parts_.size(); i++)
		same += " AND u.key_" + std::to_string(columns_[i]) + " " + parts_[i].equal + " " +
				parts_[i].name;

	pg::spi_session spi;
	std::optional<pg::cursor> rows;

	for (bool more = true; more;)
	{
		key_text key;
		{
			const pg::elevated rights(target_.owner());
			const pg::pinned_output pinned;
			/* By the index of the key it would meet the rows where random keys lie, and dead entries. */
			const pg::local_settings by_hash(std::vector<pg::setting>{
				{"enable_nestloop", "off"}, {"enable_mergejoin", "off"}, {"jit", "off"}});

			if (!rows)
				rows.emplace(
					"SELECT " + list("") + " FROM " + target_.quoted() +
						" t WHERE (migsafe.is_newer(t.xmin, $1::pg_catalog.pg_snapshot)"
						" OR t.tableoid OPERATOR(pg_catalog.<>) ALL ($2::oid[]))"
						" AND NOT EXISTS (SELECT FROM ONLY " +
						undo_table + " u WHERE true" + same + ")",
					std::vector<pg::value>{pg::value::text(snapshot), pg::value::text(tables)});
			more = rows->next();
			for (int i = 1; more && i <= static_cast<int>(parts_.size()); i++)
				key.emplace_back(
					pg::call([&] { return SPI_getvalue(rows->tuple(), rows->descriptor(), i); }));
		}
		if (more)
			take(key);
	}
}

} // namespace migsafe
