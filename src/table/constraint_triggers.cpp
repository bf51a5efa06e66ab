#include "table/constraint_triggers.hpp"

#include <algorithm>

extern "C" {
#include "utils/fmgroids.h"
}

namespace migsafe {
namespace {

/* The function of a foreign key's trigger that changes no other table. */
Oid
without_cascade(const Trigger &t, const std::vector<Oid> &not_to_follow)
{
	switch (t.tgfoid)
	{
		case F_RI_FKEY_CASCADE_DEL:
		case F_RI_FKEY_SETNULL_DEL:
		case F_RI_FKEY_SETDEFAULT_DEL:
		case F_RI_FKEY_RESTRICT_DEL:
			return F_RI_FKEY_NOACTION_DEL;
		case F_RI_FKEY_SETNULL_UPD:
		case F_RI_FKEY_SETDEFAULT_UPD:
			return F_RI_FKEY_NOACTION_UPD;
		case F_RI_FKEY_CASCADE_UPD:
			return std::find(not_to_follow.begin(), not_to_follow.end(), t.tgconstrrelid) !=
						   not_to_follow.end()
					   ? F_RI_FKEY_NOACTION_UPD
					   : t.tgfoid;
		default:
			return t.tgfoid;
	}
}

} // namespace

void
keep_only_constraint_triggers(TriggerDesc *triggers, const std::vector<Oid> &not_to_follow)
{
	int kept = 0;

	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger t = triggers->triggers[i];

		if (!t.tgisinternal)
			continue;
		t.tgfoid = without_cascade(t, not_to_follow);
		triggers->triggers[kept++] = t;
	}
	triggers->numtriggers = kept;

	/* what remains are AFTER ROW triggers */
	triggers->trig_insert_before_row = triggers->trig_update_before_row =
		triggers->trig_delete_before_row = false;
	triggers->trig_insert_instead_row = triggers->trig_update_instead_row =
		triggers->trig_delete_instead_row = false;
	triggers->trig_insert_before_statement = triggers->trig_update_before_statement =
		triggers->trig_delete_before_statement = triggers->trig_truncate_before_statement = false;
	triggers->trig_insert_after_statement = triggers->trig_update_after_statement =
		triggers->trig_delete_after_statement = triggers->trig_truncate_after_statement = false;
	triggers->trig_insert_new_table = triggers->trig_update_old_table =
		triggers->trig_update_new_table = triggers->trig_delete_old_table = false;
}

} // namespace migsafe
