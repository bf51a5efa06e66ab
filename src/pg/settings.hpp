#pragma once

#include "pg/call.hpp"

#include <exception>

namespace migsafe::pg {

/*
 * For a scope, the settings on which the text and binary form of a value can
 * depend, pinned: so that the same value always gives the same bytes.
 */
class pinned_output
{
public:
	pinned_output();
	~pinned_output();
	pinned_output(const pinned_output &) = delete;
	pinned_output &operator=(const pinned_output &) = delete;

private:
	int exceptions_ = std::uncaught_exceptions();
	int guc_level_ = 0;
};

/*
 * For a scope, a policy that would hide rows is an ERROR, also one on a table
 * below a view.
 */
class no_row_security
{
public:
	no_row_security();
	~no_row_security();
	no_row_security(const no_row_security &) = delete;
	no_row_security &operator=(const no_row_security &) = delete;

private:
	int exceptions_ = std::uncaught_exceptions();
	int guc_level_ = 0;
};

} // namespace migsafe::pg
