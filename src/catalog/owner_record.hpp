#pragma once

#include "pg/spi.hpp"

#include <string>
#include <vector>

namespace migsafe::catalog {

/*
 * The role that an entry of the catalogs belongs to.  As with targets, its OID
 * counts in the database where it was written, so that neither a new name nor a
 * new role of the old name changes anything; elsewhere, after a dump and
 * restore, the name does.
 */
struct owner_record
{
	std::string name;
	Oid oid;
	int64 system_identifier;
	Oid extension_oid;

	/* The columns that hold one. */
	static constexpr char columns[] = "owner, owner_oid, system_identifier, extension_oid";

	static owner_record of(Oid role);
	/* From columns of a row, beginning with this one. */
	static owner_record read(const pg::text_row &row, size_t first);

	/* InvalidOid, or where it was written an OID that no role has, if the role is gone. */
	[[nodiscard]] Oid role_here() const;

	/* Superusers, those who have the owner's rights, and those who have the catalogs' owner's. */
	[[nodiscard]] bool gives_rights_to(Oid role) const;

	/* False if the role is gone. */
	[[nodiscard]] bool is_superuser() const;

	/* In the order of the columns. */
	[[nodiscard]] std::vector<pg::value> values() const;
};

} // namespace migsafe::catalog
