#include "rollback/todays_columns.hpp"

#include "table/column_sql.hpp"

#include <algorithm>

namespace migsafe {

todays_columns::todays_columns(const target &t, const catalog::run_record &run)
	: target_(t), fields_(undo_fields(run)), numbers_hold_(run.target.was_recorded_here())
{
}

const column *
todays_columns::find(const undo_field &f) const
{
	const column *now = numbers_hold_ ? of_number(f.number) : nullptr;

	if (now == nullptr)
		now = of_name(f.name);
	return now && type_name(*now) == f.type ? now : nullptr;
}

const column *
todays_columns::of_number(AttrNumber number) const
{
	const std::vector<column> &columns = target_.columns();
	const auto c = std::find_if(columns.begin(), columns.end(),
								[=](const column &now) { return now.attnum == number; });

	return c == columns.end() ? nullptr : &*c;
}

/* Where numbers hold, one that was there already is another column, which was given this name. */
const column *
todays_columns::of_name(const std::string &name) const
{
	const column *const now = target_.find(name);

	return now && numbers_hold_ &&
				   std::any_of(fields_.begin(), fields_.end(),
							   [=](const undo_field &f) { return f.number == now->attnum; })
			   ? nullptr
			   : now;
}

} // namespace migsafe
