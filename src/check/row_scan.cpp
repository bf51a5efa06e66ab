#include "check/row_checks.hpp"
#include "pg/memory.hpp"
#include "pg/transaction.hpp"
#include "table/row_text.hpp"
#include "table/table_scan.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::vector<expression>
predicates_of(const row_checks &checks)
{
	std::vector<expression> list;

	for (const row_check &c : checks)
		list.push_back(expression_of(*c.rule));
	return list;
}

enum class purpose { counting, sampling };

class row_scan
{
public:
	row_scan(const target &t, const row_checks &checks, Snapshot snapshot, purpose why)
		: target_(t), checks_(checks), snapshot_(snapshot), counting_(why == purpose::counting),
		  key_(t.key({})), scan_(t, snapshot), predicates_(predicates_of(checks)),
		  all_(t, predicates_), single_(checks.size()), first_(checks.size())
	{
		for (const row_check &c : checks)
		{
			const size_t failed = static_cast<size_t>(c.result->failed_rows);

			samples_.push_back(counting_ ? samples_wanted : std::min(failed, samples_wanted));
			missing_ += samples_.back();
		}
	}

	int64 run()
	{
		bool done = false;

		while (!done)
		{
			const auto problem = pg::attempt(pg::subtransaction::access::read_only, [&, this] {
				pg::call([&, this] { done = test_rows(); });
			});

			if (problem && !at_row_)
				throw failure(problem->sqlstate, problem->message).detail(problem->detail);
			if (problem)
				test_one_by_one();
		}
		for (size_t i = 0; i < checks_.size(); i++)
		{
			if (first_[i])
				explain(*checks_[i].rule, first_[i], *checks_[i].result);
		}
		return rows_;
	}

private:
	const target &target_;
	const row_checks &checks_;
	Snapshot snapshot_;
	const bool counting_;
	const std::vector<AttrNumber> key_;
	table_scan scan_;
	const std::vector<expression> predicates_;
	row_evaluator all_;
	std::vector<std::unique_ptr<row_evaluator>> single_; /* made when a row needs them */
	std::vector<HeapTuple> first_; /* row that failed, if it is to be explained */
	std::vector<size_t> samples_;  /* how many each check still wants */
	size_t missing_ = 0;           /* and all of them */
	int64 rows_ = 0;
	bool at_row_ = false;

	/* Server code.  True when there is nothing more to read. */
	bool test_rows()
	{
		PushActiveSnapshot(snapshot_);
		all_.start(snapshot_);
		while ((counting_ || missing_ > 0) && scan_.next())
		{
			CHECK_FOR_INTERRUPTS();
			rows_++;
			at_row_ = true;

			TupleTableSlot *const outcome = all_.evaluate(scan_.row());

			slot_getallattrs(outcome);
			for (size_t i = 0; i < checks_.size(); i++)
			{
				if (fails(i, outcome->tts_values[i], outcome->tts_isnull[i]))
					add_failure(i);
			}
			at_row_ = false;
		}
		all_.finish();
		PopActiveSnapshot();
		return true;
	}

	[[nodiscard]] bool fails(size_t check_no, Datum value, bool null) const
	{
		return null ? !checks_[check_no].rule->null_passes : !DatumGetBool(value);
	}

	void add_failure(size_t check_no)
	{
		const row_check &c = checks_[check_no];

		if (counting_)
			c.result->failed_rows++;
		if (samples_[check_no] == 0)
			return;
		if (c.result->sample_keys.empty() && !c.rule->explanation.empty())
			first_[check_no] = pg::call(ExecCopySlotHeapTuple, scan_.row());
		c.result->sample_keys.push_back(key_json(target_, key_, scan_.row()));
		samples_[check_no]--;
		missing_--;
	}

	/* A predicate raised an error on the present row: find out which. */
	void test_one_by_one()
	{
		for (size_t i = 0; i < checks_.size(); i++)
		{
			bool failed = false;

			if (!single_[i])
				single_[i] = std::make_unique<row_evaluator>(
					target_, std::vector<expression>{predicates_[i]});

			const auto problem =
				attempt_on_row(*single_[i], scan_.row(), [&, this](TupleTableSlot *row) {
					bool null;
					const Datum value = slot_getattr(row, 1, &null);

					failed = fails(i, value, null);
				});

			if (problem && checks_[i].result->message.empty())
				checks_[i].result->message = problem->message;
			if (problem || failed)
				add_failure(i);
		}
		at_row_ = false;
	}

	/* Evaluate on one row, in a subtransaction; take(values) is server code. */
	template <typename Take>
	std::optional<pg::row_failure> attempt_on_row(row_evaluator &evaluator, TupleTableSlot *row,
												  Take take)
	{
		return pg::attempt(pg::subtransaction::access::read_only, [&, this] {
			pg::call([&, this] {
				PushActiveSnapshot(snapshot_);
				evaluator.start(snapshot_);
				take(evaluator.evaluate(row));
				evaluator.finish();
				PopActiveSnapshot();
			});
		});
	}

	/* Say why a row failed, unless it was by an error, which says it already. */
	void explain(const check &rule, HeapTuple tuple, check_result &result)
	{
		if (!result.message.empty())
			return;

		row_evaluator explanation(target_, {{rule.explanation, rule.label, TEXTOID, -1}});
		TupleTableSlot *const row = pg::call([&, this] {
			TupleTableSlot *const slot =
				MakeSingleTupleTableSlot(target_.descriptor(), &TTSOpsHeapTuple);

			return ExecStoreHeapTuple(tuple, slot, false);
		});
		const char *why = nullptr;
		MemoryContext const cxt = CurrentMemoryContext;

		(void) attempt_on_row(explanation, row, [&](TupleTableSlot *values) {
			bool null;
			const Datum value = slot_getattr(values, 1, &null);

			if (!null)
				why = MemoryContextStrdup(cxt, TextDatumGetCString(value));
		});
		if (why)
			result.message = why;
		ExecDropSingleTupleTableSlot(row);
	}
};

} // namespace

int64
count_row_by_row(const target &t, const row_checks &checks, Snapshot snapshot)
{
	return row_scan(t, checks, snapshot, purpose::counting).run();
}

void
find_samples(const target &t, const row_checks &checks, Snapshot snapshot)
{
	row_scan(t, checks, snapshot, purpose::sampling).run();
}

} // namespace migsafe
