#pragma once

#include "pg/call.hpp"

#include <exception>

namespace migsafe::pg {

/*
 * For a scope, work as another role in a security-restricted operation, with a
 * search_path in which nobody can put a name of his own, and settings under which
 * SQL means what it says here.  Code of the caller never runs inside, his expressions
 * for one; what that role has chosen may, such as the constraint of a domain.
 */
class elevated
{
public:
	/* unrestricted: only to create a temporary table, which a restricted operation may not */
	explicit elevated(Oid role, bool restricted = true);
	~elevated();
	elevated(const elevated &) = delete;
	elevated &operator=(const elevated &) = delete;

private:
	int exceptions_ = std::uncaught_exceptions();
	Oid saved_role_ = InvalidOid;
	int saved_context_ = 0;
	int guc_level_ = 0;
};

/*
 * For a scope, run code of this role's with its own rights, and no others: in a
 * security-restricted operation, out of which it cannot take those of the caller, and
 * whose settings end with it.
 */
class restricted_role
{
public:
	explicit restricted_role(Oid role);
	~restricted_role();
	restricted_role(const restricted_role &) = delete;
	restricted_role &operator=(const restricted_role &) = delete;

private:
	int exceptions_ = std::uncaught_exceptions();
	Oid saved_role_ = InvalidOid;
	int saved_context_ = 0;
	int guc_level_;
};

} // namespace migsafe::pg
