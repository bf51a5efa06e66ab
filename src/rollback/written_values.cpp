#include "rollback/written_values.hpp"

#include "pg/rights.hpp"
#include "pg/transaction.hpp"
#include "pg/value.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/*
 * Whose expressions they are, if there are any and he is still there.  Nobody has
 * them evaluated who could not act as that role anyway: his session has a temporary
 * schema, settings, and perhaps rows, that would have a say in what they do.
 */
Oid
role_of(const catalog::run_record &run)
{
	const bool may = !run.transform.empty() && pg::call([&] {
		return SearchSysCacheExists1(AUTHOID, run.run_by) &&
			   has_privs_of_role(GetUserId(), run.run_by);
	});

	return may ? run.run_by : InvalidOid;
}

/* Server code.  They are in no undo log, since they follow from the other columns. */
void
compute_generated(Relation rel, TupleTableSlot *row)
{
	const TupleConstr *const constraints = RelationGetDescr(rel)->constr;

	if (constraints == nullptr || !constraints->has_generated_stored)
		return;

	EState *const estate = CreateExecutorState();
	ResultRelInfo *const info = makeNode(ResultRelInfo);

	InitResultRelInfo(info, rel, 1, nullptr, 0);
	ExecComputeStoredGenerated(info, estate, row, CMD_INSERT);
	FreeExecutorState(estate);
}

} // namespace

template <typename Fn>
bool
written_values::as_in_run(Fn fn)
{
	return OidIsValid(role_) && pg::works([&, this] {
			   const pg::restricted_role role(role_);
			   const pg::local_settings as_then(settings_, pg::local_settings::if_refused::ignore);

			   fn();
		   });
}

written_values::written_values(const target &t, const catalog::run_record &run)
	: target_(t), role_(role_of(run)), settings_(catalog::settings_of(run))
{
	(void) as_in_run([&, this] {
		Datum const document = pg::value::json(run.transform).datum;

		transform_ = parse_transform(t, DatumGetJsonbP(document));
		expressions_.emplace(t, transform_.expressions);
	});
}

bool
written_values::compute(TupleTableSlot *before)
{
	values_.clear();
	return expressions_ && as_in_run([&, this] {
			   pg::memory_scope scope(cxt_.get());
			   TupleTableSlot *const computed = pg::call([&, this] {
				   PushCopiedSnapshot(GetTransactionSnapshot());
				   compute_generated(target_.rel(), before);
				   expressions_->start(GetActiveSnapshot());
				   return expressions_->evaluate(before);
			   });

			   keep(computed);
			   pg::call([this] {
				   expressions_->finish();
				   PopActiveSnapshot();
			   });
		   });
}

/* Copies: the originals go when the expressions are done. */
void
written_values::keep(TupleTableSlot *values)
{
	cxt_.reset();
	for (int i = 0; i < static_cast<int>(transform_.columns.size()); i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(values->tts_tupleDescriptor, i);
		NullableDatum v{};

		pg::call([&] {
			slot_getallattrs(values);
			v.isnull = values->tts_isnull[i];
			if (!v.isnull)
				v.value = datumCopy(values->tts_values[i], att.attbyval, att.attlen);
		});
		values_.push_back(v);
	}
}

const NullableDatum *
written_values::find(AttrNumber attnum) const
{
	const auto at = std::find(transform_.columns.begin(), transform_.columns.end(), attnum);

	return at == transform_.columns.end() || values_.empty()
			   ? nullptr
			   : &values_[static_cast<size_t>(at - transform_.columns.begin())];
}

} // namespace migsafe
