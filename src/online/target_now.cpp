#include "online/target_now.hpp"

#include "run/undo_fields.hpp"
#include "table/column_sql.hpp"

#include <algorithm>

namespace migsafe::online {
namespace {

constexpr char go_on_hint[] =
	"Undo that change, and go on by CALL migsafe.resume_online(); or take "
	"back what was done by migsafe.rollback().";

} // namespace

void
require_columns_as_recorded(const target &t, const catalog::run_record &run)
{
	for (const undo_field &f : undo_fields(run))
	{
		const column *const c = t.find(f.name);

		if (c == nullptr || c->attnum != f.number || type_name(*c) != f.type)
			throw failure(ERRCODE_DATATYPE_MISMATCH, "column \"" + f.name + "\" of table \"" +
														 t.name() +
														 "\" is not what it was when the run began")
				.detail(c && c->attnum == f.number
							? "It was of type " + f.type + ", and is of type " + type_name(*c) +
								  " now."
							: std::string("It was dropped or renamed since."))
				.hint(go_on_hint);
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
			.hint(go_on_hint);
	return key;
}

} // namespace migsafe::online
