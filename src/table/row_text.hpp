/*
 * row_text.hpp
 *		Rows and parts of rows as JSON, for messages and records.
 */
#pragma once

#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

/* A value under a name. */
struct named_value
{
	std::string name;
	Oid type;
	Datum value;
	bool null;
};

/*
 * A JSON object of these values, by the rules of row_to_json.  Where jsonb could
 * not hold it (a json value with \u0000, say), with each value as the text that
 * its type prints.  Conversions, which may be casts of users, run as the owner of the
 * table that the values are of.
 */
std::string fields_json(const std::vector<named_value> &fields, Oid owner);

/* The same of columns of a row in the target's layout; without columns: of all. */
std::string row_json(const target &t, TupleTableSlot *row,
					 const std::vector<AttrNumber> &columns = {});

/* The row's key as a JSON object; of a table without a key: where the row lies. */
std::string key_json(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row);

/* The same, short, for a message: (id=1, day=2025-01-01). */
std::string key_label(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row);

} // namespace migsafe
