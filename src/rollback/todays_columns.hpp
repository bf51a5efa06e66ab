/*
 * todays_columns.hpp
 *		The columns of a target as a run knew them, and what they are now.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "run/undo_fields.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

/*
 * In the database in which the run was, a column is known by its number, whatever
 * it is called now, and to find out, the target has to be the very table.  By name
 * goes a column that was dropped and made again, and any in a dump and restore.
 */
class todays_columns
{
public:
	/* Both have to outlive it. */
	todays_columns(const target &t, const catalog::run_record &run);

	/* Those of then. */
	[[nodiscard]] const std::vector<undo_field> &fields() const { return fields_; }
	/* nullptr if it is not there any more, or of another type. */
	[[nodiscard]] const column *find(const undo_field &f) const;

private:
	const target &target_;
	const std::vector<undo_field> fields_;
	const bool numbers_hold_;

	[[nodiscard]] const column *of_number(AttrNumber number) const;
	[[nodiscard]] const column *of_name(const std::string &name) const;
};

} // namespace migsafe
