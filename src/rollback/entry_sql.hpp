/*
 * entry_sql.hpp
 *		Entries of an undo log in queries.
 */
#pragma once

#include <string>

namespace migsafe {

/*
 * Did the entry change the column?  A condition.  alias: of the undo log in the query; number:
 * of the column in the undo log.  An entry that is older than the column did not.
 */
std::string has_changed_sql(const std::string &alias, int number);

/* The value of a column of the key from before the entry, where key_<number> has the one that was written. */
std::string key_before_sql(const std::string &alias, int number);

} // namespace migsafe
