#include "table/row_constraints.hpp"

namespace migsafe {

void
complete_and_check(EState *state, ResultRelInfo *info, TupleTableSlot *row, CmdType command)
{
	const Form_pg_class form = info->ri_RelationDesc->rd_rel;
	const TupleConstr *const constraints = RelationGetDescr(info->ri_RelationDesc)->constr;

	row->tts_tableOid = RelationGetRelid(info->ri_RelationDesc);
	if (constraints && constraints->has_generated_stored)
		ExecComputeStoredGenerated(info, state, row, command);
	if (constraints)
		ExecConstraints(info, row, state);
	if (form->relispartition)
		ExecPartitionCheck(info, row, state, true);
}

} // namespace migsafe
