/*
 * constraint_sql.hpp
 *		CHECK constraints of a table, as they are and as they would be.
 */
#pragma once

#include "table/target.hpp"

#include <string>

namespace migsafe {

enum class constraint_state { absent, same, other };

struct constraint_plan
{
	constraint_state state;
	std::string predicate; /* as the server prints it: it holds for partitions, too */
};

/*
 * Is there a constraint of that name, and does it say the same?  ERRORs if the
 * predicate, which label names, cannot stand in a CHECK constraint: 42601, 42703
 * and what else is wrong with an expression, 0A000 for a subquery, 42P17 if what
 * it gives may change without the row.
 */
constraint_plan plan_constraint(const target &t, const std::string &name,
								const std::string &predicate, const std::string &label);

struct constraint_record
{
	std::string definition;
	bool validated;
};

/* A constraint that is there. */
constraint_record find_constraint(Oid relid, const std::string &name);

} // namespace migsafe
