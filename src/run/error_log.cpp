#include "run/error_log.hpp"

#include "catalog/run_record.hpp"
#include "pg/memory.hpp"
#include "pg/message.hpp"
#include "table/row_text.hpp"

namespace migsafe {
namespace {

constexpr int64 shown = 10;

} // namespace

void
error_log::add(const pg::row_failure &problem, TupleTableSlot *row)
{
	pg::memory_context cxt("migsafe row error");
	pg::memory_scope scope(cxt.get());

	add(problem, {key_json(target_, key_, row), key_label(target_, key_, row),
				  run_id_ ? row_json(target_, row) : ""});
}

void
error_log::add_lost(const pg::row_failure &problem, const std::string &key)
{
	pg::memory_context cxt("migsafe row error");
	pg::memory_scope scope(cxt.get());

	add(problem, {key, key, ""});
}

void
error_log::add(const pg::row_failure &problem, const row_texts &texts)
{
	const auto &[key, label, row] = texts;
	const std::string sqlstate = catalog::sqlstate_text(problem.sqlstate);

	count_++;
	if (listener_)
		listener_(key, problem.message);
	if (numbers_.before + count_ <= shown)
	{
		pg::warning("row " + label + " " + what_ + ": " + problem.message, problem.detail);
		first_text_ += (first_text_.empty() ? "" : "\n") + label + ": " + problem.message;
	}
	if (count_ <= (run_id_ ? listed : listed_in_dry_run))
		first_ += (first_.empty() ? "" : ", ") + std::string("{\"key\": ") + key +
				  ", \"sqlstate\": \"" + sqlstate +
				  "\", \"message\": " + pg::json_string(problem.message) + "}";
	if (run_id_)
		catalog::insert(*run_id_, {numbers_.first + (numbers_.before + count_ - 1) * numbers_.step,
								   key, problem.sqlstate, problem.message, problem.detail, row});
	if (exceeded_by(0))
		throw failure(ERRCODE_DATA_EXCEPTION, "run aborted: " + pg::count_of(count_, "row") +
												  " failed, more than max_errors (" +
												  std::to_string(*max_errors_) + ")")
			.detail(first_text_ +
					(count_ > shown ? "\nand " + std::to_string(count_ - shown) + " more" : ""))
			.hint(
				"Nothing was changed. Mend the rows or the transform (dry_run => true lists what "
				"fails, but for what other rows or triggers refuse), exclude the rows by only_if, "
				"or raise max_errors.");
}

std::string
error_log::first_json() const
{
	return first_.empty() ? "" : "[" + first_ + "]";
}

} // namespace migsafe
