#include "rollback/undo_filter.hpp"

#include "jsonb/sql_host.hpp"
#include "jsonb/text.hpp"
#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"
#include "table/column_sql.hpp"
#include "table/equality_operator.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::vector<const undo_mapping *>
key_of(const std::vector<undo_mapping> &mappings)
{
	std::vector<const undo_mapping *> key;

	for (const undo_mapping &m : mappings)
	{
		if (m.key_position >= 0)
			key.push_back(&m);
	}
	return key;
}

/* 22023 unless each object has just the columns of the key, none of them null. */
void
require_keys(const std::vector<const undo_mapping *> &key, const std::string &keys)
{
	const Jsonb *const document = DatumGetJsonbP(pg::value::json(keys).datum);

	for (jsonb::cursor item(jsonb::root_of(document)); item.next();)
	{
		size_t known = 0, members = 0;

		for (jsonb::cursor c(item.current()); c.next(); members++)
			known += std::any_of(key.begin(), key.end(), [&](const undo_mapping *m) {
				return c.key() == m->now->name && c.current().type != jsonb::format::type_null;
			});
		if (known == key.size() && members == known)
			continue;

		std::string columns;

		for (const undo_mapping *const m : key)
			columns += (columns.empty() ? "\"" : ", \"") + m->now->name + "\"";
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"keys\" has an object that is not a key: " +
						  jsonb::json_text(item.current()))
			.hint("Give each the columns of the key, and no others: " + columns + ".");
	}
}

/* The keys as a relation k with the columns of the key. */
std::string
records_of(const std::vector<const undo_mapping *> &key, const std::string &keys)
{
	std::string columns;

	for (const undo_mapping *const m : key)
		columns +=
			(columns.empty() ? "" : ", ") + pg::identifier(m->now->name) + " " + type_name(*m->now);
	return "pg_catalog.jsonb_to_recordset(" + pg::literal(keys) + "::pg_catalog.jsonb) AS k (" +
		   columns + ")";
}

/* To read a value of a domain may run code that the owner of the table has chosen: his, not the caller's. */
void
require_readable(const std::string &records, Oid owner)
{
	pg::translate_errors(
		[&] {
			pg::undone(
				[&] {
					const pg::elevated rights(owner);
					pg::spi_session spi;

					for (pg::cursor rows("SELECT k FROM " + records); rows.next();)
						pg::check_for_interrupts();
				},
				[] { return std::string(); });
		},
		[](const pg::pg_error &e) {
			if (!pg::is_row_error(e.sqlstate()))
				throw;
			return failure(e.sqlstate(), std::string("argument \"keys\" has a value that its "
													 "column cannot have: ") +
											 e.what())
				.hint("Give each column of the key a value of its type: numbers as numbers, all "
					  "else as text.");
		});
}

std::string
with_key(const target &t, const std::vector<undo_mapping> &mappings, const std::string &keys)
{
	const std::vector<const undo_mapping *> key = key_of(mappings);
	std::string condition;

	if (key.empty())
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table \"" + t.name() + "\" has no key that argument \"keys\" could name")
			.hint("Select rows by a predicate, in argument \"rows\".");
	require_keys(key, keys);
	require_readable(records_of(key, keys), t.owner());
	for (const undo_mapping *const m : key)
	{
		const column &c = *m->now;

		condition += (condition.empty() ? "" : " AND ") + ("o.key_" + std::to_string(m->bit + 1)) +
					 " " + *equality_operator(c.type, c.type) + " k." + pg::identifier(c.name);
	}
	return "EXISTS (SELECT FROM " + records_of(key, keys) + " WHERE " + condition + ")";
}

std::string
in_batches(const std::vector<int32> &batches)
{
	std::string list;

	for (const int32 n : batches)
		list += (list.empty() ? "" : ",") + std::to_string(n);
	return "o.batch = ANY ('{" + list + "}')";
}

} // namespace

std::string
keys_query(const std::vector<undo_mapping> &mappings, const std::string &keys)
{
	return "SELECT k.* FROM " + records_of(key_of(mappings), keys);
}

std::string
undo_filter(const target &t, const std::vector<undo_mapping> &mappings, const rollback_terms &terms)
{
	std::string filter;

	if (!terms.keys.empty())
		filter = with_key(t, mappings, terms.keys);
	if (!terms.batches.empty())
		filter += (filter.empty() ? "" : " AND ") + in_batches(terms.batches);
	return filter;
}

} // namespace migsafe
