#include "check/check.hpp"
#include "pg/memory.hpp"
#include "pg/transaction.hpp"
#include "table/row_evaluator.hpp"
#include "table/row_text.hpp"
#include "table/table_scan.hpp"

#include <memory>

namespace migsafe {
namespace {

constexpr size_t samples_wanted = 10;

std::vector<expression>
predicates(const std::vector<check> &checks)
{
	std::vector<expression> list;

	for (const check &c : checks)
		list.push_back(
			{c.predicate, check_label(list.size() + 1) + " (" + c.name + ")", BOOLOID, -1});
	return list;
}

class check_scan
{
public:
	check_scan(const target &t, const std::vector<check> &checks, Snapshot snapshot,
			   std::vector<check_result> &results)
		: target_(t), snapshot_(snapshot), results_(results), key_(t.key({})), scan_(t, snapshot),
		  predicates_(predicates(checks)), all_(t, predicates_), single_(checks.size())
	{
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
		return rows_;
	}

private:
	const target &target_;
	Snapshot snapshot_;
	std::vector<check_result> &results_;
	const std::vector<AttrNumber> key_;
	table_scan scan_;
	const std::vector<expression> predicates_;
	row_evaluator all_;
	std::vector<std::unique_ptr<row_evaluator>> single_; /* made when a row needs them */
	int64 rows_ = 0;
	bool at_row_ = false;

	/* Server code.  True when the end of the table is reached. */
	bool test_rows()
	{
		PushActiveSnapshot(snapshot_);
		all_.start(snapshot_);
		while (scan_.next())
		{
			CHECK_FOR_INTERRUPTS();
			rows_++;
			at_row_ = true;

			TupleTableSlot *const outcome = all_.evaluate(scan_.row());

			slot_getallattrs(outcome);
			for (size_t i = 0; i < results_.size(); i++)
				count(i, !outcome->tts_isnull[i] && !DatumGetBool(outcome->tts_values[i]));
			at_row_ = false;
		}
		all_.finish();
		PopActiveSnapshot();
		return true;
	}

	void count(size_t check_no, bool failed)
	{
		check_result &result = results_[check_no];

		if (!failed)
			return;
		result.failed_rows++;
		if (result.sample_keys.size() < samples_wanted)
			result.sample_keys.push_back(key_json(target_, key_, scan_.row()));
	}

	/* A predicate raised an error on the present row: find out which. */
	void test_one_by_one()
	{
		for (size_t i = 0; i < results_.size(); i++)
		{
			bool failed = false;

			if (!single_[i])
				single_[i] = std::make_unique<row_evaluator>(
					target_, std::vector<expression>{predicates_[i]});

			const auto problem = pg::attempt(pg::subtransaction::access::read_only, [&, this] {
				pg::call([&, this] { failed = test_one(*single_[i]); });
			});

			count(i, problem || failed);
			if (problem && results_[i].message.empty())
				results_[i].message = problem->message;
		}
		at_row_ = false;
	}

	/* Server code. */
	bool test_one(row_evaluator &predicate)
	{
		PushActiveSnapshot(snapshot_);
		predicate.start(snapshot_);

		bool null;
		const Datum value = slot_getattr(predicate.evaluate(scan_.row()), 1, &null);
		const bool failed = !null && !DatumGetBool(value);

		predicate.finish();
		PopActiveSnapshot();
		return failed;
	}
};

} // namespace

int64
run_checks(const target &t, const std::vector<check> &checks, Snapshot snapshot,
		   std::vector<check_result> &results)
{
	pg::memory_context cxt("migsafe checks");
	pg::memory_scope scope(cxt.get());

	results.assign(checks.size(), {});
	return check_scan(t, checks, snapshot, results).run();
}

std::string
keys_json(const check_result &result)
{
	std::string keys;

	for (const std::string &key : result.sample_keys)
		keys += (keys.empty() ? "" : ", ") + key;
	return "[" + keys + "]";
}

std::string
results_json(const std::vector<check> &checks, const std::vector<check_result> &results)
{
	std::string json;

	for (size_t i = 0; i < checks.size(); i++)
	{
		json += (json.empty() ? "" : ", ") + std::string("{\"check\": ") + std::to_string(i + 1) +
				", \"name\": " + pg::json_string(checks[i].name) +
				", \"severity\": " + (checks[i].is_error ? "\"error\"" : "\"warning\"") +
				", \"passed\": " + (results[i].failed_rows == 0 ? "true" : "false") +
				", \"failed_rows\": " + std::to_string(results[i].failed_rows) +
				", \"sample_keys\": " + keys_json(results[i]) + "}";
	}
	return "[" + json + "]";
}

} // namespace migsafe
