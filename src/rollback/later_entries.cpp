#include "rollback/later_entries.hpp"

#include "rollback/entry_sql.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/todays_columns.hpp"
#include "table/equality_operator.hpp"
#include "table/pairing.hpp"

#include <algorithm>

namespace migsafe {
namespace {

using mappings = std::vector<undo_mapping>;

const undo_mapping *
find(const mappings &all, const std::string &name)
{
	for (const undo_mapping &m : all)
	{
		if (m.now && m.now->name == name)
			return &m;
	}
	return nullptr;
}

bool
has_key(const mappings &all)
{
	return std::any_of(all.begin(), all.end(),
					   [](const undo_mapping &m) { return m.key_position >= 0; });
}

/* The value from before an entry l; empty if the undo log does not have it of each row. */
std::string
value_before(const mappings &theirs, const std::string &name)
{
	const undo_mapping *const m = find(theirs, name);

	if (m == nullptr || (has_key(theirs) && m->key_position < 0))
		return "";
	return m->key_position >= 0 ? key_before_sql("l", m->bit + 1)
								: "l.old_" + std::to_string(m->bit + 1);
}

/* By the key that ours has; empty if theirs does not have its values. */
std::string
same_key(const mappings &ours, const mappings &theirs)
{
	std::string condition;

	for (const undo_mapping &m : ours)
	{
		if (m.key_position < 0)
			continue;

		const std::string before = value_before(theirs, m.now->name);

		if (before.empty())
			return "";
		condition += (condition.empty() ? "o.key_" : " AND o.key_") + std::to_string(m.bit + 1) +
					 " " + *equality_operator(m.now->type, m.now->type) + " " + before;
	}
	return condition;
}

/* Both have whole rows; empty if theirs lacks a column of ours. */
std::string
same_content(const mappings &ours, const mappings &theirs)
{
	std::string row;

	for (const undo_mapping &m : ours)
	{
		if (m.now->generated)
			continue;

		const std::string before = value_before(theirs, m.now->name);

		if (before.empty())
			return "";
		row += (row.empty() ? "" : ", ") + before;
	}
	return "o.row_hash = migsafe.row_hash(ROW(" + row + "))";
}

/* By the key that theirs has, of which ours has the value before it; empty if the run may have changed it. */
std::string
same_later_key(const mappings &ours, const mappings &theirs, const std::vector<AttrNumber> &set)
{
	std::string condition;

	for (const undo_mapping &m : theirs)
	{
		if (m.key_position < 0)
			continue;

		const undo_mapping *const own = find(ours, m.now->name);

		if (own == nullptr || std::find(set.begin(), set.end(), own->now->attnum) != set.end())
			return "";
		condition += (condition.empty() ? "o.old_" : " AND o.old_") + std::to_string(own->bit + 1) +
					 " " + *equality_operator(own->now->type, m.now->type) + " " +
					 key_before_sql("l", m.bit + 1);
	}
	return condition;
}

/* That l is the next to change the row that o's run had written; empty if that cannot be told. */
std::string
same_row(const undo_source &source, const mappings &theirs)
{
	const mappings &ours = source.mappings();

	if (!source.key().empty())
		return same_key(ours, theirs);
	if (has_key(theirs))
		return same_later_key(ours, theirs, columns_set_by(source.of(), source.run()));
	return same_content(ours, theirs);
}

std::string
same_columns(const mappings &ours, const mappings &theirs)
{
	std::string condition;

	for (const undo_mapping &m : ours)
	{
		const undo_mapping *const other = m.wanted && m.now ? find(theirs, m.now->name) : nullptr;

		if (other)
			condition += (condition.empty() ? "" : " OR ") + has_changed_sql("o", m.bit + 1) +
						 " AND " + has_changed_sql("l", other->bit + 1);
	}
	return condition;
}

/* A column by which the run knew rows, and which is dropped or retyped since; without a key any. */
std::string
lost_key_column(const target &t, const catalog::run_record &run)
{
	const todays_columns today(t, run);
	const std::vector<undo_field> &fields = today.fields();
	const bool has_key =
		std::any_of(fields.begin(), fields.end(), [](const undo_field &f) { return f.is_key; });

	for (const undo_field &f : fields)
	{
		if (f.is_key == has_key && today.find(f) == nullptr)
			return f.name;
	}
	return "";
}

} // namespace

later_entries
find_later_entries(const undo_source &source, const catalog::run_record &later, Oid target_oid)
{
	if (!find_undo_table(later))
		return {"", "Its undo log is gone."};

	const pg::relation log = open_undo_log(later);

	if (target_oid == source.of().relid())
		require_same_owner(source.of(), log.get());
	else if (log->rd_rel->relowner != source.of().owner())
		return {"", "Its undo log belongs to another owner than the table."};

	const target t(target_oid, "run_id", AccessShareLock);

	if (const std::string lost = lost_key_column(t, later); !lost.empty())
		return {"",
				"It knew rows by column \"" + lost + "\", which is not what it was when it began."};

	const mappings theirs = map_undo_columns(t, later, log.get(), {});
	const std::string columns = same_columns(source.mappings(), theirs);

	if (columns.empty())
		return {};

	const std::string rows = same_row(source, theirs);

	if (rows.empty())
		return {"", "It knew rows by another key."};

	const std::string &filter = source.filter();

	return {"SELECT o.seq FROM ONLY " + source.name() + " o WHERE EXISTS (SELECT FROM ONLY " +
				pg::qualified_name(*later.undo_schema, *later.undo_name) + " l WHERE " + rows +
				" AND (" + columns + "))" + (filter.empty() ? "" : " AND " + filter) +
				" ORDER BY o.seq DESC",
			""};
}

} // namespace migsafe
