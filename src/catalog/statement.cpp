#include "catalog/statement.hpp"

#include "catalog/session.hpp"

namespace migsafe::catalog {

void
execute(const std::string &sql, const std::vector<pg::value> &values)
{
	session s;

	s->execute(sql, values);
}

int64
ask(const std::string &sql, const std::vector<pg::value> &values)
{
	session s;

	return number(s->scalar(sql, values));
}

int64
number(const std::optional<std::string> &text)
{
	return text ? std::stoll(*text) : 0;
}

} // namespace migsafe::catalog
