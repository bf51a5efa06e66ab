/*
 * row_text.hpp
 *		Rows and parts of rows as JSON, for messages and records.
 */
#pragma once

#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

/*
 * A JSON object of these columns of a row in the target's layout, by the rules
 * of row_to_json.  Without columns: of all.
 */
std::string row_json(const target &t, TupleTableSlot *row,
					 const std::vector<AttrNumber> &columns = {});

/*
 * The same, made sure that jsonb can hold it: where it cannot (a json value with
 * \u0000, say), each column as the text that its type prints.
 */
std::string row_jsonb(const target &t, TupleTableSlot *row,
					  const std::vector<AttrNumber> &columns = {});

/* The row's key as a JSON object; of a table without a key: where the row lies. */
std::string key_json(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row);

/* The same, short, for a message: (id=1, day=2025-01-01). */
std::string key_label(const target &t, const std::vector<AttrNumber> &key, TupleTableSlot *row);

} // namespace migsafe
