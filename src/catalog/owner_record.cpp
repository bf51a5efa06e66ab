#include "catalog/owner_record.hpp"

#include "catalog/installation.hpp"
#include "catalog/session.hpp"

namespace migsafe::catalog {
namespace {

/* Server code. */
bool
has_rights(Oid role, Oid owner, Oid catalogs_owner)
{
	return superuser_arg(role) || (OidIsValid(owner) && has_privs_of_role(role, owner)) ||
		   has_privs_of_role(role, catalogs_owner);
}

} // namespace

owner_record
owner_record::of(Oid role)
{
	const installation here = pg::call(installation_here);

	return {pg::call([=] { return GetUserNameFromId(role, false); }), role, here.system_identifier,
			here.extension_oid};
}

owner_record
owner_record::read(const pg::text_row &row, size_t first)
{
	const auto number = [&](size_t i) { return std::stoll(*row.at(first + i)); };

	return {*row.at(first), static_cast<Oid>(number(1)), number(2), static_cast<Oid>(number(3))};
}

Oid
owner_record::role_here() const
{
	const bool written_here =
		installation{system_identifier, extension_oid} == pg::call(installation_here);

	return written_here ? oid : pg::call(get_role_oid, name.c_str(), true);
}

bool
owner_record::gives_rights_to(Oid role) const
{
	return pg::call(has_rights, role, role_here(), owner());
}

bool
owner_record::is_superuser() const
{
	return pg::call(superuser_arg, role_here());
}

std::vector<pg::value>
owner_record::values() const
{
	return {pg::value::text(name), pg::value::of_oid(oid), pg::value::of(system_identifier),
			pg::value::of_oid(extension_oid)};
}

} // namespace migsafe::catalog
