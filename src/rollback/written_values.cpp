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

/* The name of a role that role_of refuses because of who calls. */
std::string
lacking_role(const catalog::run_record &run)
{
	const char *const name = pg::call([&]() -> const char * {
		return has_privs_of_role(GetUserId(), run.run_by) ? nullptr
														  : GetUserNameFromId(run.run_by, true);
	});

	return name && !run.transform.empty() ? name : "";
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

/* While expressions of a run are executed, which may call whatever they like. */
class at_work
{
public:
	at_work() { calls_++; }
	~at_work() { calls_--; }
	at_work(const at_work &) = delete;
	at_work &operator=(const at_work &) = delete;

	[[nodiscard]] static bool now() { return calls_ > 0; }

private:
	static inline int calls_ = 0;
};

/* For each row of the outer merge it would go through all rows again, and so on. */
void
require_no_merge_around()
{
	if (written_values::are_being_computed())
		throw failure(ERRCODE_OBJECT_IN_USE, "a merge cannot be called from within a merge")
			.detail("The call comes from an expression of a run, which is computed again.")
			.hint("Call migsafe from a statement of its own.");
}

} // namespace

bool
written_values::are_being_computed()
{
	return at_work::now();
}

template <typename Fn>
bool
written_values::as_in_run(Fn fn)
{
	const at_work scope;

	return OidIsValid(role_) && pg::works([&, this] {
			   const pg::restricted_role role(role_);
			   const pg::local_settings as_then(settings_, pg::local_settings::if_refused::ignore);

			   fn();
		   });
}

written_values::written_values(const target &t, const catalog::run_record &run)
	: target_(t), role_(role_of(run)), lacking_(lacking_role(run)),
	  settings_(catalog::settings_of(run))
{
	require_no_merge_around();
	for (const column &c : t.columns())
	{
		if (pg::call(getBaseType, c.type) == JSONBOID)
			(void) as_in_run([&, this] { parse(run.transform, c); });
	}
}

void
written_values::parse(const std::string &transform, const column &c)
{
	Datum const document = pg::value::json(transform).datum;
	const migsafe::transform only = parse_transform(target_, DatumGetJsonbP(document), c.name);

	if (!only.columns.empty())
		expressions_.emplace_back(target_, only);
}

const NullableDatum *
written_values::compute(AttrNumber attnum, TupleTableSlot *before)
{
	const auto e =
		std::find_if(expressions_.begin(), expressions_.end(),
					 [=](const column_expression &known) { return known.attnum == attnum; });

	return e != expressions_.end() && as_in_run([&, this] { evaluate(*e, before); }) ? &value_
																					 : nullptr;
}

/* What it gives is copied: the original goes when the expression is done. */
void
written_values::evaluate(column_expression &e, TupleTableSlot *before)
{
	cxt_.reset();

	pg::memory_scope scope(cxt_.get());

	pg::call([&, this] {
		PushCopiedSnapshot(GetTransactionSnapshot());
		compute_generated(target_.rel(), before);
		e.value.start(GetActiveSnapshot());

		TupleTableSlot *const computed = e.value.evaluate(before);
		const FormData_pg_attribute &att = *TupleDescAttr(computed->tts_tupleDescriptor, 0);

		slot_getallattrs(computed);
		value_ = {computed->tts_values[0], computed->tts_isnull[0]};
		if (!value_.isnull)
			value_.value = datumCopy(value_.value, att.attbyval, att.attlen);
		e.value.finish();
		PopActiveSnapshot();
	});
}

} // namespace migsafe
