#include "catalog/stored_checks.hpp"

#include "catalog/owner_record.hpp"
#include "catalog/session.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

failure
no_such_checks(const std::string &name)
{
	return failure(ERRCODE_UNDEFINED_OBJECT, "there are no stored checks \"" + name + "\"")
		.hint("They are listed by: SELECT name FROM migsafe.stored_checks.");
}

failure
name_is_taken(const std::string &name)
{
	return failure(ERRCODE_DUPLICATE_OBJECT, "there are already stored checks \"" + name + "\"")
		.hint("Pass replace => true if they are yours, or choose another name.");
}

std::optional<owner_record>
owner_of(const std::string &name)
{
	session s;
	const auto rows = s->query(std::string("SELECT ") + owner_record::columns +
								   " FROM migsafe.stored_checks c WHERE c.name = $1",
							   {value::text(name)});

	return rows.empty() ? std::nullopt : std::optional(owner_record::read(rows[0], 0));
}

void
require_owner(const std::string &name, const owner_record &owner)
{
	if (!owner.gives_rights_to(pg::call(GetUserId)))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "must be owner of the stored checks \"" + name + "\"")
			.detail("They belong to role \"" + owner.name + "\".")
			.hint("Store your own under another name.");
}

/*
 * Each name that is free can be taken by everybody, and the queries of checks run with
 * the rights of the caller: so those of a superuser are not for the first who took it.
 */
void
require_trusted(const std::string &name, const owner_record &owner)
{
	if (pg::call(superuser) && !owner.is_superuser())
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "the stored checks \"" + name + "\" would run with the rights of a superuser")
			.detail("They belong to role \"" + owner.name + "\", which is none.")
			.hint("Use them in the name of that role, or of another one: SET ROLE. Or look at them "
				  "in migsafe.stored_checks, and pass them, or store them, as your own.");
}

} // namespace

/* Until the transaction ends nobody else stores or drops any: whoever waits sees what came of it. */
void
lock_checks()
{
	session s;

	s->execute("LOCK TABLE migsafe.stored_checks IN SHARE ROW EXCLUSIVE MODE");
}

Jsonb *
stored_checks(const std::string &name)
{
	std::vector<pg::text_row> found;
	{
		session s;

		found = s->query(std::string("SELECT c.checks, ") + owner_record::columns +
							 " FROM migsafe.stored_checks c WHERE c.name = $1",
						 {value::text(name)});
	}
	if (found.empty())
		throw no_such_checks(name);
	require_trusted(name, owner_record::read(found[0], 1));
	return reinterpret_cast<Jsonb *>(DatumGetPointer(value::json(*found[0][0]).datum));
}

void
store_checks(const std::string &name, const std::string &checks, bool replace)
{
	const owner_record caller = owner_record::of(pg::call(GetUserId));

	lock_checks();

	const auto owner = owner_of(name);

	if (owner && !replace)
		throw name_is_taken(name);
	if (owner)
		require_owner(name, *owner);

	session s;

	if (owner)
		s->execute("UPDATE migsafe.stored_checks c SET checks = $2, stored_at = now()"
				   " WHERE c.name = $1",
				   {value::text(name), value::json(checks)});
	else
	{
		std::vector<value> values = caller.values();

		values.insert(values.begin(), {value::text(name), value::json(checks)});
		if (s->execute("INSERT INTO migsafe.stored_checks VALUES ($1, $2, $3, $4, $5, $6, now())"
					   " ON CONFLICT (name) DO NOTHING",
					   values) == 0)
			throw name_is_taken(name); /* by another session, meanwhile */
	}
}

void
drop_checks(const std::string &name)
{
	lock_checks();

	const auto owner = owner_of(name);

	if (!owner)
		throw no_such_checks(name);
	require_owner(name, *owner);

	session s;

	s->execute("DELETE FROM migsafe.stored_checks c WHERE c.name = $1", {value::text(name)});
}

} // namespace migsafe::catalog
