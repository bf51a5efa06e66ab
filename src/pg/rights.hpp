#pragma once

#include "pg/call.hpp"

#include <exception>

namespace migsafe::pg {

/*
 * For a scope, work as another role in a security-restricted operation, with a
 * search_path in which nobody can put a name of his own.  User code never runs
 * inside: the caller's expressions and triggers are the caller's.
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
 * For a scope, run expressions of this role's with its own rights, and no others:
 * in a security-restricted operation, out of which it cannot take those of the
 * caller.
 */
class restricted_role
{
public:
	explicit restricted_role(Oid role)
	{
		GetUserIdAndSecContext(&saved_role_, &saved_context_);
		SetUserIdAndSecContext(role, saved_context_ | SECURITY_LOCAL_USERID_CHANGE |
										 SECURITY_RESTRICTED_OPERATION);
	}
	~restricted_role() { SetUserIdAndSecContext(saved_role_, saved_context_); }
	restricted_role(const restricted_role &) = delete;
	restricted_role &operator=(const restricted_role &) = delete;

private:
	Oid saved_role_ = InvalidOid;
	int saved_context_ = 0;
};

} // namespace migsafe::pg
