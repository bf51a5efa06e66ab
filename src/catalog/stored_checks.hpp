/*
 * stored_checks.hpp
 *		The catalog migsafe.stored_checks: lists of checks under a name.
 */
#pragma once

#include "pg/value.hpp"

#include <string>

namespace migsafe::catalog {

/* The stored list; 42704 if there is none of that name. */
Jsonb *stored_checks(const std::string &name);

/* 42710 if the name is taken and is not to be replaced; 42501 if it is another role's. */
void store_checks(const std::string &name, const std::string &checks, bool replace);

/* 42704 if there is none, 42501 if it is another role's. */
void drop_checks(const std::string &name);

} // namespace migsafe::catalog
