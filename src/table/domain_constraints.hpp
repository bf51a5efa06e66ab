/*
 * domain_constraints.hpp
 *		The constraints of the domains that columns have.
 */
#pragma once

#include "pg/memory.hpp"
#include "pg/transaction.hpp"
#include "table/target.hpp"

namespace migsafe {

/*
 * Writing a row tries the constraints of its table only: those of domains are tried
 * where a value is made.  A value that was kept since may be one that its domain does
 * not take any more.
 */
class domain_constraints
{
public:
	/* It has to outlive this. */
	explicit domain_constraints(const target &t);

	/* Has any column of the target some? */
	[[nodiscard]] bool any() const { return any_; }

	/*
	 * Why the value must not be in the column, if so: 23514, 23502, or what an expression
	 * of the domain failed with.  They are tried read-only, and as the target's owner.
	 */
	[[nodiscard]] std::optional<pg::row_failure> refusal(const column &c, Datum value, bool null);

private:
	const target &target_;
	pg::memory_context cxt_;
	std::vector<bool> constrained_; /* [attnum - 1] */
	std::vector<void *> states_;    /* [attnum - 1], of domain_check() */
	bool any_ = false;
};

} // namespace migsafe
