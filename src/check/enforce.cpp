/*
 * enforce.cpp
 *		migsafe.enforce: row-local checks as CHECK constraints.
 */
#include "check/check.hpp"
#include "pg/settings.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"
#include "table/constraint_sql.hpp"
#include "table/write_guard.hpp"

#include <set>

using namespace migsafe;

namespace {

struct wanted_constraint
{
	std::string name, predicate;
	bool is_there; /* with this definition */
};

/* What a check of this kind is said by instead, for a hint. */
std::string
instead_of(const check &c)
{
	if (c.whole)
		return c.whole->instead_of_constraint();
	return c.share ? "Test it by migsafe.validate_jsonb() from time to time."
				   : "A constraint always blocks: give the check the severity \"error\".";
}

void
require_enforceable(const check &c)
{
	if (c.whole || c.share)
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  c.label + " of kind \"" + c.kind + "\" cannot be a CHECK constraint")
			.detail("A CHECK constraint speaks of one row at a time.")
			.hint(instead_of(c));
	if (c.name.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, c.label + " has an empty name")
			.hint("The constraint is called by it: write one, or leave \"name\" out.");
	if (!c.is_error)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, c.label + " has severity warning")
			.hint(instead_of(c));
}

/* Letters and digits of a description, with _ between them. */
std::string
words_of(const std::string &description)
{
	std::string words;

	for (const char c : description)
	{
		const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
						  (c >= '0' && c <= '9') || (c & 0x80);

		if (kept || (!words.empty() && words.back() != '_'))
			words += kept ? c : '_';
	}
	return !words.empty() && words.back() == '_' ? words.substr(0, words.size() - 1) : words;
}

std::string
clipped(const std::string &name, size_t bytes)
{
	const int length = pg::call(pg_mbcliplen, name.c_str(), static_cast<int>(name.size()),
								static_cast<int>(bytes));

	return name.substr(0, static_cast<size_t>(length));
}

/* The check's own name, else one made of what it says; another one for each. */
std::string
constraint_name(const check &c, std::set<std::string> &taken)
{
	constexpr size_t most = NAMEDATALEN - 1;
	const std::string wanted = c.is_named ? c.name : "migsafe_" + words_of(c.name);
	std::string name = clipped(wanted, most);

	for (int n = 2; !taken.insert(name).second; n++)
	{
		const std::string suffix = "_" + std::to_string(n);

		name = clipped(wanted, most - suffix.size()) + suffix;
	}
	return name;
}

/* 42710 where a constraint of that name says something else. */
wanted_constraint
plan_for(const target &t, const check &c, const std::string &name)
{
	const constraint_plan found =
		plan_constraint(t, name, c.constraint ? c.constraint() : c.predicate, c.label);

	if (found.state == constraint_state::other)
		throw failure(ERRCODE_DUPLICATE_OBJECT, "constraint \"" + name + "\" of table \"" +
													t.name() + "\" says something else than " +
													c.label)
			.hint("Drop that constraint first (ALTER TABLE ... DROP CONSTRAINT), or give the check "
				  "another name.");
	return {name, found.predicate, found.state == constraint_state::same};
}

struct plan
{
	std::string table;
	std::vector<wanted_constraint> constraints;
};

/* Asked before the table is locked.  One that is gone is reported when it is opened. */
void
require_owner(Oid relid)
{
	const char *const name = pg::call(get_rel_name, relid);

	if (name && pg::call([=] { return !compat::owns_table(relid, GetUserId()); }))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, std::string("must be owner of table ") + name)
			.hint("Constraints are added by the table's owner.");
}

/* The table is closed again before it is altered. */
plan
make_plan(Oid relid, Jsonb *checks)
{
	require_owner(relid);

	/* conflicts with itself: of two such calls one waits before it holds anything */
	const target t(relid, "target", ShareUpdateExclusiveLock);
	plan result{t.quoted(), {}};
	std::set<std::string> taken;

	for (const check &c : parse_checks(t, read_checks(checks, "checks")))
	{
		require_enforceable(c);
		result.constraints.push_back(plan_for(t, c, constraint_name(c, taken)));
	}
	return result;
}

/* What to do when a constraint could not be added or validated. */
const char *
hint_for(int sqlstate)
{
	if (sqlstate == ERRCODE_DUPLICATE_OBJECT)
		return "Partitions and children get the constraint, too: if one of them has another of "
			   "that name, give the check another name.";
	if (sqlstate == ERRCODE_OBJECT_IN_USE)
		return "Call it before the transaction changes or reads the table, or in one of its own.";
	if (pg::is_row_error(sqlstate))
		return "migsafe.validate_jsonb() finds the rows. Mend them, and call again.";
	return "Nothing was changed. Call again once the cause is gone.";
}

/* Run one statement about a constraint. */
void
alter(const std::string &table, const std::string &action)
{
	pg::translate_errors(
		[&] {
			pg::spi_session spi;

			spi.execute("ALTER TABLE " + table + " " + action);
		},
		[](const pg::pg_error &e) {
			return failure(e.sqlstate(), e.what())
				.detail(e.detail())
				.hint(*e.hint() ? e.hint() : hint_for(e.sqlstate()));
		});
}

void
enforce(const plan &p, bool validated)
{
	for (const wanted_constraint &c : p.constraints)
	{
		const std::string name = pg::identifier(c.name);

		if (!c.is_there)
			alter(p.table, "ADD CONSTRAINT " + name + " CHECK (" + c.predicate + ") NOT VALID");
		if (validated)
			alter(p.table, "VALIDATE CONSTRAINT " + name);
	}
}

} // namespace

MIGSAFE_FUNCTION(migsafe_enforce)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");
	args.require(1, "checks");
	args.require(2, "validate");
	require_read_write("migsafe.enforce()", "Call it in a transaction that may write.");

	const pg::local_settings none_stay; /* that a function in a check makes */
	const plan p = make_plan(args.oid(0), args.jsonb(1));
	pg::result_set out(fcinfo);

	enforce(p, args.boolean(2));
	for (const wanted_constraint &c : p.constraints)
	{
		const constraint_record now = find_constraint(args.oid(0), c.name);

		out.add({pg::value::name(c.name), pg::value::text(now.definition),
				 pg::value::of(now.validated)});
	}
	return 0;
}
