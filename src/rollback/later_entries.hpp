/*
 * later_entries.hpp
 *		Which entries of an undo log a later run stands on, as a query.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "rollback/undo_source.hpp"

#include <string>

namespace migsafe {

/* What to ask about a later run.  If both are empty, it stands on nothing. */
struct later_entries
{
	std::string sql;      /* the numbers of the entries, from the last to the first; or empty */
	std::string obstacle; /* a sentence: why nobody can tell; or empty */
};

/*
 * later: a run of the source's target, or of a table that has rows in common with it, which is
 * target_oid.  A row that both know by the same key may lie in two inheritance children: then
 * it counts.
 */
later_entries find_later_entries(const undo_source &source, const catalog::run_record &later,
								 Oid target_oid);

} // namespace migsafe
