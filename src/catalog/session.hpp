#pragma once

#include "pg/rights.hpp"
#include "pg/spi.hpp"

namespace migsafe::catalog {

/* The role that owns the catalogs: the owner of the extension's schema. */
Oid owner();

/* Has the present transaction created the extension, or altered it? Others cannot see it then as it is here. */
bool is_extension_of_this_transaction();

/* A scope in which SQL of our own runs with the catalogs' owner's rights. */
class session
{
public:
	explicit session(bool restricted = true) : rights_(owner(), restricted) {}
	pg::spi_session *operator->() noexcept { return &spi_; }

private:
	pg::elevated rights_;
	pg::spi_session spi_;
};

/* The numbers of the runs that such a query finds, by its one parameter. */
std::vector<int64> run_ids(const std::string &sql, const pg::value &parameter);

} // namespace migsafe::catalog
