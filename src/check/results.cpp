#include "check/check.hpp"
#include "pg/message.hpp"

namespace migsafe {
namespace {

/* What is known of a check that failed. */
std::string
findings(const check_result &result)
{
	std::string text;

	if (result.failed_rows > 0)
		text = pg::count_of(result.failed_rows, "row");
	if (!result.sample_keys.empty())
		text += ", such as " + keys_json(result);
	if (!result.message.empty())
		text += (text.empty() ? "" : "; ") + result.message;
	return text;
}

} // namespace

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
		const check_result &r = results[i];

		json += (json.empty() ? "" : ", ") + std::string("{\"check\": ") + std::to_string(i + 1) +
				", \"name\": " + pg::json_string(checks[i].name) +
				", \"severity\": " + (checks[i].is_error ? "\"error\"" : "\"warning\"") +
				", \"passed\": " + (r.passed ? "true" : "false") +
				", \"failed_rows\": " + std::to_string(r.failed_rows) +
				", \"sample_keys\": " + keys_json(r) +
				(r.message.empty() ? "" : ", \"message\": " + pg::json_string(r.message)) + "}";
	}
	return "[" + json + "]";
}

void
require_passed(const std::vector<check> &checks, const std::vector<check_result> &results,
			   const check_messages &messages)
{
	std::string failed;

	for (size_t i = 0; i < checks.size(); i++)
	{
		const std::string label =
			"check " + std::to_string(i + 1) + " (" + checks[i].name + ")" + messages.of;

		if (results[i].passed)
			pg::notice(label + " passed");
		else if (checks[i].is_error)
			failed += (failed.empty() ? "" : "\n") + label + ": " + findings(results[i]);
		else
			pg::warning(label + " failed; it is of severity warning, so " + messages.warning,
						findings(results[i]));
	}
	if (!failed.empty())
		throw failure(ERRCODE_CHECK_VIOLATION, messages.failed).detail(failed).hint(messages.hint);
}

} // namespace migsafe
