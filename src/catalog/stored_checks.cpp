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
	std::optional<std::string> found;
	{
		session s;

		found = s->scalar("SELECT c.checks FROM migsafe.stored_checks c WHERE c.name = $1",
						  {value::text(name)});
	}
	if (!found)
		throw no_such_checks(name);
	return reinterpret_cast<Jsonb *>(DatumGetPointer(value::json(*found).datum));
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
