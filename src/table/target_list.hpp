/*
 * target_list.hpp
 *		Several tables that are one function's targets.
 */
#pragma once

#include "pg/value.hpp"
#include "table/target.hpp"

#include <memory>
#include <vector>

namespace migsafe {

class target_list
{
public:
	/*
	 * Open the tables of an argument of type regclass[], each locked in mode, in the
	 * order of their OIDs, so that two calls do not wait for each other.  ERRORs:
	 * those of a target, an element that is NULL (22004); no element, a table that
	 * is named twice, or two that have rows in common (22023).
	 */
	target_list(const pg::arguments &args, int number, const char *argument, LOCKMODE mode);

	/* In the order of their OIDs. */
	[[nodiscard]] const std::vector<std::unique_ptr<target>> &tables() const { return tables_; }
	[[nodiscard]] size_t size() const { return tables_.size(); }
	/* The numbers of the tables, as they lie in tables(), in the order of the argument. */
	[[nodiscard]] const std::vector<size_t> &as_given() const { return as_given_; }

private:
	std::vector<std::unique_ptr<target>> tables_;
	std::vector<size_t> as_given_;

	void check_apart(const std::string &argument) const;
};

} // namespace migsafe
