#include "rollback/entry_sql.hpp"

namespace migsafe {

std::string
has_changed_sql(const std::string &alias, int number)
{
	const std::string changed = alias + ".changed";
	const int bit = number - 1;

	return "CASE WHEN length(" + changed + ") > " + std::to_string(bit / 8) + " THEN get_bit(" +
		   changed + ", " + std::to_string(bit) + ") = 1 ELSE false END";
}

std::string
key_before_sql(const std::string &alias, int number)
{
	const std::string n = std::to_string(number);

	return "CASE WHEN " + has_changed_sql(alias, number) + " THEN " + alias + ".old_" + n +
		   " ELSE " + alias + ".key_" + n + " END";
}

} // namespace migsafe
