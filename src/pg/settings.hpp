#pragma once

#include "pg/call.hpp"

#include <exception>
#include <string>
#include <vector>

namespace migsafe::pg {

struct setting
{
	std::string name, value;
};

/*
 * For a scope, these settings; whatever is set inside ends with it.  Without any:
 * so that what code of users sets, which an operation calls, does not stay.
 */
class local_settings
{
public:
	enum class if_refused { error, warning, ignore };

	local_settings() : local_settings(std::vector<setting>{}) {}

	/* refused: by a check of the value, or because the role may not set it */
	explicit local_settings(const std::vector<setting> &settings,
							if_refused refused = if_refused::error);
	~local_settings();
	local_settings(const local_settings &) = delete;
	local_settings &operator=(const local_settings &) = delete;

private:
	int exceptions_ = std::uncaught_exceptions();
	int guc_level_;
};

/*
 * As SET would, to last if the transaction commits.  What has its value already is
 * left alone; what the role may not set, or is no longer allowed, gives a WARNING.
 */
void set_in_session(const std::vector<setting> &settings);

/*
 * For a scope, the settings on which the text and binary form of a value, or the
 * definition of a table, can depend, pinned: so that the same always gives the same
 * bytes, and these are read as what they were.
 */
class pinned_output : public local_settings
{
public:
	pinned_output();
};

/*
 * For a scope, a policy that would hide rows is an ERROR, also one on a table
 * below a view.
 */
class no_row_security : public local_settings
{
public:
	no_row_security() : local_settings(std::vector<setting>{{"row_security", "off"}}) {}
};

/*
 * The settings that the meaning of an expression can depend on: search_path,
 * those of the forms of values, and those that extensions and applications have
 * defined, as they are now.  As a JSON object of name -> value.
 */
std::string settings_of_expressions();

} // namespace migsafe::pg
