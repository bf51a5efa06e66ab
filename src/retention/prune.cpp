/*
 * prune.cpp
 *		migsafe.prune: backups and undo logs that nothing needs any more, dropped.
 */
#include "catalog/undo_digest.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "retention/stored_table.hpp"
#include "table/write_guard.hpp"

#include <map>
#include <set>

using namespace migsafe;

namespace {

struct prune_options
{
	TimestampTz older_than;
	int32 keep_last;
	bool dry_run;
};

/* What was dropped, or would be. */
struct pruned_total
{
	int64 backups = 0, undo_logs = 0, bytes = 0;

	void add(const stored_table &t, int64 size)
	{
		(t.is_backup ? backups : undo_logs)++;
		bytes += size;
	}
	[[nodiscard]] std::string text() const
	{
		const std::string some_backups = pg::count_of(backups, "backup");
		const std::string some_logs = pg::count_of(undo_logs, "undo log");

		return backups == 0     ? some_logs
			   : undo_logs == 0 ? some_backups
								: some_backups + " and " + some_logs;
	}
};

void
check_age(const pg::arguments &args)
{
	const bool negative = pg::call([&] {
		Interval zero{};

		return DatumGetBool(
			DirectFunctionCall2(interval_lt, args.datum(0), IntervalPGetDatum(&zero)));
	});

	if (negative)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"older_than\" must not be negative")
			.hint("Pass the age from which on backups and undo logs may go, such as '30 days'.");
}

TimestampTz
so_long_ago(Datum age)
{
	return pg::translate_errors(
		[=] {
			return pg::call([=] {
				return DatumGetTimestampTz(DirectFunctionCall2(
					timestamptz_mi_interval, TimestampTzGetDatum(GetCurrentTimestamp()), age));
			});
		},
		[](const pg::pg_error &e) {
			return failure(ERRCODE_INVALID_PARAMETER_VALUE,
						   "argument \"older_than\" is out of range")
				.detail(std::string("The server says: ") + e.what() + ".")
				.hint("Pass an age such as '30 days'.");
		});
}

prune_options
read_options(const pg::arguments &args)
{
	args.require(0, "older_than");
	args.require(1, "keep_last");
	args.require(2, "dry_run");
	check_age(args);
	if (args.integer(1) < 0)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"keep_last\" must not be negative")
			.detail("It is " + std::to_string(args.integer(1)) + ".")
			.hint("Pass how many backups and undo logs of each table are to be kept whatever "
				  "their age.");
	if (!args.boolean(2))
		require_read_write("migsafe.prune()", "Use dry_run => true to see the plan only.");

	return {so_long_ago(args.datum(0)), args.integer(1), args.boolean(2)};
}

/* A set of backups is of one moment: it goes as a whole. */
void
keep_sets_whole(std::vector<stored_table> &all)
{
	std::map<int64, int64> kept; /* a backup of each set */

	for (const stored_table &t : all)
	{
		if (t.backup_set && t.reason)
			kept.emplace(*t.backup_set, t.id);
	}
	for (stored_table &t : all)
	{
		if (!t.backup_set || t.reason)
			continue;
		if (const auto other = kept.find(*t.backup_set); other != kept.end())
			t.reason = "backup " + std::to_string(other->second) + " of its set is kept";
	}
}

/* All, with the reason why the caller cannot drop them, if there is one. */
std::vector<stored_table>
find_for_caller(const prune_options &options)
{
	std::vector<stored_table> all = find_stored_tables(options.older_than, options.keep_last);

	for (stored_table &t : all)
	{
		t.is_callers = t.caller_owns_source();
		if (!t.reason && !(t.is_callers && t.caller_may_drop()))
			t.reason = "its table has another owner";
	}
	keep_sets_whole(all);
	return all;
}

/*
 * Take what can go from all others.  Then nobody begins to need it any more, and what
 * was not needed after that can be dropped.
 */
std::set<Oid>
claim_all(const prune_options &options)
{
	std::set<Oid> claimed;

	for (const stored_table &t : find_for_caller(options))
	{
		if (!t.reason && t.claim())
			claimed.insert(t.table);
	}
	return claimed;
}

void
keep_what_is_in_use(std::vector<stored_table> &all, const std::set<Oid> &claimed)
{
	for (stored_table &t : all)
	{
		if (!t.reason && claimed.count(t.table) == 0)
			t.reason = "it is in use";
	}
	keep_sets_whole(all);
}

/* Undo logs that are kept, and which others are of tables that have rows in common with theirs. */
class kept_undo_logs
{
public:
	/* t: to outlive this; what others have of a table that is gone is no concern of the caller */
	void add(const stored_table &t)
	{
		if (OidIsValid(t.target) || t.is_callers)
			kept_.push_back(&t);
	}

	/* The run of the first one whose table has rows in common with that of t. */
	[[nodiscard]] std::optional<int64> first_beside(const stored_table &t)
	{
		for (const stored_table *k : kept_)
		{
			if (k->target == t.target ? k->target_name == t.target_name /* of what is gone */
									  : related(t.target).count(k->target) > 0)
				return k->id;
		}
		return std::nullopt;
	}

private:
	std::vector<const stored_table *> kept_;
	std::map<Oid, std::set<Oid>> related_;

	const std::set<Oid> &related(Oid target)
	{
		const auto found = related_.find(target);

		return found != related_.end() ? found->second
									   : related_.emplace(target, related_to(target)).first->second;
	}
};

/*
 * Before a run is taken back, the undo logs of later ones are asked what they have changed
 * since.  So those of a table, and of tables that have rows of it, go from the oldest on,
 * whatever the clock says.
 */
void
keep_later_undo_logs(std::vector<stored_table> &all)
{
	kept_undo_logs kept;

	for (stored_table &t : all)
	{
		if (t.is_backup)
			continue;
		if (!t.reason)
		{
			if (const auto first = kept.first_beside(t))
				t.reason = "the undo log of run " + std::to_string(*first) + " is kept";
		}
		if (t.reason)
			kept.add(t);
	}
}

std::string
name_of(Oid table)
{
	return pg::call([=]() -> const char * {
		const char *const schema = get_namespace_name(get_rel_namespace(table));
		const char *const name = get_rel_name(table);

		return schema && name ? quote_qualified_identifier(schema, name) : "";
	});
}

void
add_row(pg::result_set &rows, const stored_table &t, std::optional<int64> size)
{
	rows.add({pg::value::text(std::string(t.is_backup ? "backup" : "undo log")),
			  pg::value::of(t.id), pg::value::text(t.target_name), pg::value::of(!t.reason),
			  pg::value::text(t.reason ? t.reason : t.loss), pg::value::text(name_of(t.table)),
			  pg::value::of_timestamp(t.finished_at),
			  size ? pg::value::of(*size) : pg::value::none(INT8OID)});
}

void
announce(const pruned_total &total, bool dry_run)
{
	const std::string size = pg::call([&] {
		return TextDatumGetCString(DirectFunctionCall1(pg_size_pretty, Int64GetDatum(total.bytes)));
	});

	if (total.backups + total.undo_logs == 0)
		pg::notice("nothing to drop");
	else if (dry_run)
		pg::notice(total.text() + " would be dropped, and " + size + " freed",
				   "To drop them, pass dry_run => false.");
	else
		pg::notice(total.text() + " dropped: " + size + " are free when this transaction commits");
}

} // namespace

MIGSAFE_FUNCTION(migsafe_prune)
{
	const pg::arguments args(fcinfo);
	const prune_options options = read_options(args);
	const std::set<Oid> claimed = options.dry_run ? std::set<Oid>() : claim_all(options);
	std::vector<stored_table> all = find_for_caller(options);
	pg::result_set rows(fcinfo);
	pruned_total total;

	if (!options.dry_run)
		keep_what_is_in_use(all, claimed);
	keep_later_undo_logs(all);
	for (const stored_table &t : all)
	{
		if (!t.is_callers || t.finished_at > options.older_than)
			continue;

		const std::optional<int64> size = t.size();

		add_row(rows, t, size);
		if (t.reason)
			continue;
		total.add(t, size.value_or(0));
		if (options.dry_run)
			continue;
		t.drop();
		pg::fault_point("prune");
	}
	if (!options.dry_run)
		catalog::forget_lost_undo_digests(); /* of those that their owners have dropped */
	announce(total, options.dry_run);
	PG_RETURN_NULL();
}
