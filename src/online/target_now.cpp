#include "online/target_now.hpp"

#include "run/undo_fields.hpp"
#include "table/column_sql.hpp"

#include <algorithm>

namespace migsafe::online {
namespace {

std::string
undo_hint(const catalog::run_record &run)
{
	const std::string id = std::to_string(run.run_id);

	return "Undo that change, or leave it if a column was dropped that the run can do without; and "
		   "go on by CALL migsafe.resume_online(" +
		   id + "). Or take back what was done by CALL migsafe.rollback_online(" + id + ").";
}

} // namespace

std::vector<AttrNumber>
dropped_columns(const target &t, const catalog::run_record &run)
{
	std::vector<AttrNumber> dropped;

	for (const undo_field &f : undo_fields(run))
	{
		if (TupleDescAttr(t.descriptor(), f.number - 1)->attisdropped)
			dropped.push_back(f.number);
	}
	return dropped;
}

void
require_columns_as_recorded(const target &t, const catalog::run_record &run,
							const std::vector<AttrNumber> &known_dropped)
{
	auto is_known = [&](AttrNumber n) {
		return std::find(known_dropped.begin(), known_dropped.end(), n) != known_dropped.end();
	};

	for (const undo_field &f : undo_fields(run))
	{
		if (is_known(f.number))
			continue;

		const column *const c = t.find(f.name);

		if (c == nullptr || c->attnum != f.number || type_name(*c) != f.type)
			throw failure(ERRCODE_DATATYPE_MISMATCH, "column \"" + f.name + "\" of table \"" +
														 t.name() +
														 "\" is not what it was when the run began")
				.detail(c && c->attnum == f.number
							? "It was of type " + f.type + ", and is of type " + type_name(*c) +
								  " now."
							: std::string("It was dropped or renamed since."))
				.hint(undo_hint(run));
	}
}

std::vector<AttrNumber>
key_now(const target &t, const catalog::run_record &run, const std::vector<AttrNumber> &changing)
{
	std::vector<AttrNumber> then, now = t.key(changing);
	std::vector<AttrNumber> key = now;

	for (const undo_field &f : undo_fields(run))
	{
		if (f.is_key)
			then.push_back(f.number);
	}
	std::sort(now.begin(), now.end());
	if (then != now)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "the key of table \"" + t.name() + "\" is not what it was when the run began")
			.detail("The run walks the table by its key.")
			.hint(undo_hint(run));
	return key;
}

} // namespace migsafe::online
