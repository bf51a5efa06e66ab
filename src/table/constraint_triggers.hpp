/*
 * constraint_triggers.hpp
 *		The triggers that are left where those of users are not to fire.
 */
#pragma once

#include "pg/api.hpp"

#include <vector>

namespace migsafe {

/*
 * Server code.  Leave the triggers that check foreign keys and deferred unique constraints,
 * and no others.  A deletion that would cascade to other tables, or set their columns to
 * NULL, where nobody could undo it, is refused as if the foreign key said NO ACTION.
 * Nor do updates cascade to the tables in not_to_follow.
 */
void keep_only_constraint_triggers(TriggerDesc *triggers, const std::vector<Oid> &not_to_follow);

} // namespace migsafe
