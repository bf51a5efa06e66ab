#include "rollback/rollback_counts.hpp"

namespace migsafe {

void
rollback_counts::add(outcome what)
{
	rows++;
	restored += what == outcome::restored;
	merged += what == outcome::merged;
	overwritten += what == outcome::overwritten;
	unchanged += what == outcome::unchanged;
	conflicts += what == outcome::conflict;
	missing += what == outcome::missing;
}

void
rollback_counts::turn_into_conflict(outcome what)
{
	restored -= what == outcome::restored;
	merged -= what == outcome::merged;
	overwritten -= what == outcome::overwritten;
	conflicts++;
}

std::string
rollback_counts::skipped_json() const
{
	return "{\"unchanged\": " + std::to_string(unchanged) +
		   ", \"missing\": " + std::to_string(missing) + "}";
}

} // namespace migsafe
