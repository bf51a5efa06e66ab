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

} // namespace migsafe::pg
