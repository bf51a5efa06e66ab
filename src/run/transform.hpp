/*
 * transform.hpp
 *		What is to become of a row: column -> expression.
 */
#pragma once

#include "table/row_evaluator.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

struct transform
{
	std::vector<AttrNumber> columns; /* those that the transform sets */
	std::vector<expression> expressions;
};

/*
 * Parse the argument transform: a JSON object of column -> SQL expression or
 * JSON Patch in the extended dialect, or the long forms {"sql": expression},
 * {"patch": operations}, {"merge": merge patch}, {"value": literal}.  ERRORs:
 * 22023 for another form or no patch, 42703 unknown column, 428C9 a generated or
 * always-identity column, 0A000 a column of the primary key, 42804 a patch for a
 * column that is not jsonb.  only: the one column that is wanted, if it is there; empty: all.
 */
transform parse_transform(const target &t, Jsonb *document, const std::string &only = {});

/*
 * 0A000 if a foreign key would answer a change of these columns by changes of
 * other rows that no undo log knows: ON UPDATE SET NULL or SET DEFAULT, or
 * CASCADE within the target itself.
 */
void require_no_update_action(const target &t, const std::vector<AttrNumber> &columns);

} // namespace migsafe
