#pragma once

#include "table/target.hpp"

#include <string>

namespace migsafe::catalog {

/*
 * 55000 if a table made in this schema would be published to subscribers that
 * do not have it, which would stop their apply workers.
 */
void check_not_published(const std::string &schema, char persistence, const std::string &hint);

/*
 * Create a table that belongs to the target's owner and that nobody else may
 * read, whatever default privileges say.  columns is what stands between the
 * parentheses of CREATE TABLE; the table is as persistent as the target.
 * No event trigger fires.
 */
Oid create_private_table(const target &t, const std::string &schema, const std::string &name,
						 const std::string &columns);

} // namespace migsafe::catalog
