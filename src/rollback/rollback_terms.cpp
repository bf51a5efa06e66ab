#include "rollback/rollback_terms.hpp"

#include "jsonb/sql_host.hpp"
#include "jsonb/text.hpp"

#include <array>

namespace migsafe {
namespace {

template <typename Policy>
struct word
{
	const char *name;
	Policy policy;
};

constexpr std::array conflict_words{word<conflict_policy>{"stop", conflict_policy::stop},
									word<conflict_policy>{"skip", conflict_policy::skip},
									word<conflict_policy>{"overwrite", conflict_policy::overwrite},
									word<conflict_policy>{"merge", conflict_policy::merge}};
constexpr std::array missing_words{word<missing_policy>{"leave", missing_policy::leave},
								   word<missing_policy>{"stop", missing_policy::stop}};

template <typename Policy, size_t n>
Policy
policy_of(const std::array<word<Policy>, n> &words, const std::string &given, const char *argument)
{
	std::string list;

	for (const auto &w : words)
	{
		if (given == w.name)
			return w.policy;
		list += (list.empty() ? "\"" : ", \"") + std::string(w.name) + "\"";
	}
	throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
				  "\"" + given + "\" is no value of argument \"" + argument + "\"")
		.hint("Use one of " + list + ".");
}

template <typename Policy, size_t n>
std::string
name_of(const std::array<word<Policy>, n> &words, Policy policy)
{
	for (const auto &w : words)
	{
		if (w.policy == policy)
			return w.name;
	}
	return "";
}

/* A list that selects nothing is a mistake: whoever wants all leaves it out. */
std::vector<std::string>
read_list(const pg::arguments &args, int i, const char *name)
{
	if (args.null(i))
		return {};

	std::vector<std::string> list = args.list(i, name);

	if (list.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  std::string("argument \"") + name + "\" is an empty list")
			.hint("Leave it out to take all.");
	return list;
}

std::string
read_keys(const pg::arguments &args, int i)
{
	if (args.null(i))
		return "";

	Jsonb *const keys = args.jsonb(i);
	const jsonb::value root = jsonb::root_of(keys);
	bool valid = root.is_array();
	int64 count = 0;

	if (valid)
	{
		for (jsonb::cursor c(root); c.next(); count++)
			valid = valid && c.current().is_object();
	}
	if (!valid || count == 0)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  valid ? "argument \"keys\" is an empty array"
							: "argument \"keys\" must be a JSON array of objects")
			.hint("As in '[{\"id\": 1}, {\"id\": 2}]'; leave it out to take all rows.");
	return pg::jsonb_text(keys);
}

std::string
json_list(const std::vector<std::string> &list)
{
	std::string json;

	for (const std::string &s : list)
		json += (json.empty() ? "" : ", ") + pg::json_string(s);
	return "[" + json + "]";
}

std::string
json_list(const std::vector<int32> &list)
{
	std::string json;

	for (const int32 n : list)
		json += (json.empty() ? "" : ", ") + std::to_string(n);
	return "[" + json + "]";
}

void
take_member(const jsonb::cursor &member, rollback_terms &terms)
{
	const std::string name(member.key());
	const jsonb::value v = member.current();

	if (name == "rows")
		terms.rows = std::string(v.bytes());
	else if (name == "keys")
		terms.keys = jsonb::json_text(v, SIZE_MAX);
	else if (name == "on_conflict")
		terms.on_conflict = policy_of(conflict_words, std::string(v.bytes()), "on_conflict");
	else if (name == "on_missing")
		terms.on_missing = policy_of(missing_words, std::string(v.bytes()), "on_missing");
	else if (name == "columns")
	{
		for (jsonb::cursor c(v); c.next();)
			terms.columns.emplace_back(c.current().bytes());
	}
	else if (name == "batches")
	{
		for (jsonb::cursor c(v); c.next();)
			terms.batches.push_back(std::stoi(jsonb::json_text(c.current())));
	}
}

} // namespace

std::string
rollback_terms::to_json() const
{
	std::string json =
		"{\"on_conflict\": " + pg::json_string(name_of(conflict_words, on_conflict)) +
		", \"on_missing\": " + pg::json_string(name_of(missing_words, on_missing));

	if (rows)
		json += ", \"rows\": " + pg::json_string(*rows);
	if (!columns.empty())
		json += ", \"columns\": " + json_list(columns);
	if (!keys.empty())
		json += ", \"keys\": " + keys;
	if (!batches.empty())
		json += ", \"batches\": " + json_list(batches);
	return json + "}";
}

rollback_terms
read_terms(const pg::arguments &args, const terms_positions &at)
{
	rollback_terms terms;

	terms.rows = args.optional_string(at.rows);
	terms.columns = read_list(args, at.columns, "columns");
	terms.keys = read_keys(args, at.keys);
	for (const std::string &number : read_list(args, at.batches, "batches"))
		terms.batches.push_back(std::stoi(number));
	terms.on_conflict = read_conflict_policy(args, at.on_conflict);
	terms.on_missing = read_missing_policy(args, at.on_missing);
	return terms;
}

conflict_policy
read_conflict_policy(const pg::arguments &args, int i)
{
	args.require(i, "on_conflict");
	return policy_of(conflict_words, args.string(i), "on_conflict");
}

missing_policy
read_missing_policy(const pg::arguments &args, int i)
{
	args.require(i, "on_missing");
	return policy_of(missing_words, args.string(i), "on_missing");
}

std::string
part_text(const rollback_terms &terms)
{
	constexpr size_t longest = 1000;
	std::string text, columns, batches;
	auto add = [&](const char *name, const std::string &value) {
		text += (text.empty() ? "" : ", ") + std::string(name) + " => " +
				(value.size() > longest ? "..." : pg::literal(value));
	};

	for (const std::string &name : terms.columns)
		columns += (columns.empty() ? "" : ",") + pg::identifier(name);
	for (const int32 number : terms.batches)
		batches += (batches.empty() ? "" : ",") + std::to_string(number);
	if (terms.rows)
		add("rows", *terms.rows);
	if (!columns.empty())
		add("columns", "{" + columns + "}");
	if (!terms.keys.empty())
		add("keys", terms.keys);
	if (!batches.empty())
		add("batches", "{" + batches + "}");
	return text;
}

std::string
rollback_runs_call(const std::vector<int64> &runs, const std::string &more)
{
	std::string list;

	for (const int64 run_id : runs)
		list += (list.empty() ? "" : ", ") + std::to_string(run_id);
	return "SELECT * FROM migsafe.rollback_runs('{" + list + "}'" +
		   (more.empty() ? "" : ", " + more) + ");";
}

std::string
policies_text(const rollback_terms &terms)
{
	return "on_conflict => '" + name_of(conflict_words, terms.on_conflict) + "', on_missing => '" +
		   name_of(missing_words, terms.on_missing) + "'";
}

rollback_terms
terms_from_json(const std::string &json)
{
	rollback_terms terms;

	if (json.empty())
		return terms;

	const Jsonb *const document = DatumGetJsonbP(pg::value::json(json).datum);

	for (jsonb::cursor c(jsonb::root_of(document)); c.next();)
		take_member(c, terms);
	return terms;
}

} // namespace migsafe
