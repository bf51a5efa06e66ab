#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>

namespace migsafe::background {

/* Why no background worker can connect as a role. */
struct obstacle
{
	std::string what; /* "is not permitted to log in" */
	std::string cure; /* a sentence */
};

/* Nothing if one can connect as the role to this database.  It may be gone. */
std::optional<obstacle> obstacle_of(Oid role);

} // namespace migsafe::background
