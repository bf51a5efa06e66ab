#include "rollback/resolution.hpp"

#include "jsonb/merge.hpp"
#include "jsonb/sql_host.hpp"
#include "rollback/rollback_request.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr char changed_since[] = "the column was changed since the run";

std::optional<jsonb::value>
root_of(Datum datum, bool null)
{
	if (null)
		return std::nullopt;
	return jsonb::root_of(pg::call([=] { return DatumGetJsonbP(datum); }));
}

/* Of pointers into a document; the empty one is all of it. */
std::string
places(const std::vector<std::string> &pointers)
{
	std::string list;

	for (const std::string &p : pointers)
		list += (list.empty() ? "at " : ", ") + p;
	return list == "at " ? "as a whole" : list;
}

bool
same_as_now(TupleTableSlot *row, const new_value &v)
{
	const int n = v.attnum - 1;

	return pg::call([=] {
		return same_image(*TupleDescAttr(row->tts_tupleDescriptor, n), v.value, v.null,
						  row->tts_values[n], row->tts_isnull[n]);
	});
}

new_value
old_value(const undo_entry &entry, const undo_mapping &m)
{
	return {m.now->attnum, entry.old_value(m), entry.old_null(m)};
}

} // namespace

const char *
outcome_name(outcome what)
{
	switch (what)
	{
		case outcome::restored:
			return "restored";
		case outcome::merged:
			return "merged";
		case outcome::overwritten:
			return "overwritten";
		case outcome::unchanged:
			return "unchanged";
		case outcome::conflict:
			return "conflict";
		case outcome::missing:
			break;
	}
	return "missing";
}

std::string
text_of(const std::vector<obstacle> &obstacles)
{
	std::string text;

	for (const obstacle &o : obstacles)
		text += (text.empty() ? "" : "; ") +
				(o.column.empty() ? o.reason : "column \"" + o.column + "\": " + o.reason);
	return text;
}

resolver::resolver(const target &t, const catalog::run_record &run,
				   const std::vector<undo_mapping> &mappings, conflict_policy policy)
	: target_(t), mappings_(mappings), policy_(policy), set_by_run_(columns_set_by(t, run)),
	  states_(mappings.size()), domains_(t)
{
	/* else a merge is an error, and other policies do without */
	if (policy == conflict_policy::merge || !written_values::are_being_computed())
		written_.emplace(t, run);
}

resolution
resolver::resolve(const undo_entry &entry, TupleTableSlot *row, TupleTableSlot *before)
{
	resolution found;
	std::vector<size_t> contested;

	pg::call([&, this] { find_states(entry, row); });

	const std::vector<merged_column> merged = merge(entry, row, before);

	pass_over_settled(entry, merged);
	found.values.reserve(set_by_run_.size());
	for (size_t i = 0; i < mappings_.size(); i++)
	{
		const undo_mapping &m = mappings_[i];

		if (states_[i] == column_state::as_before)
			continue;
		if (m.now == nullptr)
			raise_lost_column(target_, m);
		if (states_[i] == column_state::changed)
			contested.push_back(i);
		else
		{
			found.values.push_back(old_value(entry, m));
			found.values.back().now = entry.written_hash(mappings_, i);
		}
	}
	if (contested.empty())
		found.what = found.values.empty() ? outcome::unchanged : outcome::restored;
	else if (policy_ == conflict_policy::merge)
		take(merged, found);
	else if (policy_ == conflict_policy::overwrite)
	{
		found.what = outcome::overwritten;
		for (const size_t i : contested)
			found.values.push_back(old_value(entry, mappings_[i]));
	}
	else
	{
		found.what = outcome::conflict;
		for (const size_t i : contested)
			found.obstacles.push_back({mappings_[i].now->name, changed_since});
	}
	if (found.what != outcome::conflict)
		test_domains(found);
	if (found.what == outcome::conflict) /* a row comes back whole or not at all */
		found.values.clear();
	return found;
}

void
resolver::test_domains(resolution &found)
{
	for (const new_value &v : found.values)
	{
		const column &c = target_.at(v.attnum);

		if (const auto refused = domains_.refusal(c, v.value, v.null))
			found.obstacles.push_back({c.name, refused->message, true});
	}
	if (!found.obstacles.empty())
		found.what = outcome::conflict;
}

/* Server code.  A column with which there is nothing to do is as before. */
void
resolver::find_states(const undo_entry &entry, TupleTableSlot *row)
{
	for (size_t i = 0; i < mappings_.size(); i++)
	{
		const undo_mapping &m = mappings_[i];

		if (!m.wanted || !entry.has_changed(m))
			states_[i] = column_state::as_before;
		else if (m.now == nullptr)
			states_[i] = column_state::as_written;
		else
			states_[i] = entry.state(mappings_, i, row);
	}
}

bool
resolver::is_set_by_run(size_t i) const
{
	return mappings_[i].now && std::find(set_by_run_.begin(), set_by_run_.end(),
										 mappings_[i].now->attnum) != set_by_run_.end();
}

/*
 * Whatever the policy: where nothing of the run's change is left, as after an earlier
 * merge, there is no conflict.  What a trigger wrote is not merged: another trigger,
 * or the same, has done it anew since.
 */
std::vector<resolver::merged_column>
resolver::merge(const undo_entry &entry, TupleTableSlot *row, TupleTableSlot *before)
{
	std::vector<merged_column> merged;

	for (size_t i = 0; i < mappings_.size(); i++)
	{
		if (states_[i] != column_state::changed || !is_set_by_run(i))
			continue;
		if (merged.empty())
			make_before(entry, row, before);
		merged.push_back(merge_column(entry, i, row, before));
	}
	return merged;
}

/*
 * A column in which nothing of the run is left is as before.  If all that the run itself has
 * changed in the row are, so are those which its triggers wrote, and which others have
 * written since.
 */
void
resolver::pass_over_settled(const undo_entry &entry, const std::vector<merged_column> &merged)
{
	bool any = false, all = true;

	for (const merged_column &c : merged)
	{
		if (!c.left && !c.changed)
			states_[c.mapping] = column_state::as_before;
	}
	for (size_t i = 0; i < mappings_.size(); i++)
	{
		if (!is_set_by_run(i) || !mappings_[i].wanted || !entry.has_changed(mappings_[i]))
			continue;
		any = true;
		all = all && states_[i] == column_state::as_before;
	}
	if (!any || !all)
		return;
	for (column_state &state : states_)
	{
		if (state == column_state::changed)
			state = column_state::as_before;
	}
}

void
resolver::take(const std::vector<merged_column> &merged, resolution &found) const
{
	for (const merged_column &c : merged)
	{
		if (c.left)
			found.obstacles.push_back(*c.left);
		else if (c.changed)
			found.values.push_back(*c.changed);
	}
	if (!found.obstacles.empty())
		found.what = outcome::conflict;
	else
		found.what = found.values.empty() ? outcome::unchanged : outcome::merged;
}

/* The row as it was before the run, as far as the undo log knows it. */
void
resolver::make_before(const undo_entry &entry, TupleTableSlot *row, TupleTableSlot *before) const
{
	pg::call([&, this] {
		const int natts = row->tts_tupleDescriptor->natts;

		ExecClearTuple(before);
		memcpy(before->tts_values, row->tts_values, sizeof(Datum) * natts);
		memcpy(before->tts_isnull, row->tts_isnull, sizeof(bool) * natts);
		for (const undo_mapping &m : mappings_)
		{
			if (m.now == nullptr || !entry.has_changed(m))
				continue;
			before->tts_values[m.now->attnum - 1] = entry.old_value(m);
			before->tts_isnull[m.now->attnum - 1] = entry.old_null(m);
		}
		ExecStoreVirtualTuple(before);
	});
}

/* The value that the run wrote, if it is known: the hash in the undo log is its proof. */
const NullableDatum *
resolver::proven_value(const undo_entry &entry, size_t i, TupleTableSlot *before)
{
	const NullableDatum *const value =
		written_ ? written_->compute(mappings_[i].now->attnum, before) : nullptr;

	return value && pg::call([&, this] {
			   return entry.was_written(mappings_, i, value->value, value->isnull);
		   })
			   ? value
			   : nullptr;
}

std::string
resolver::changed_and_unknown() const
{
	const std::string role = written_ ? written_->lacking() : "";

	return std::string(changed_since) + ", and what the run wrote cannot be computed again" +
		   (role.empty() ? ""
						 : ": that needs the rights of role \"" + role + "\", which began the run");
}

resolver::merged_column
resolver::merge_column(const undo_entry &entry, size_t i, TupleTableSlot *row,
					   TupleTableSlot *before)
{
	const undo_mapping &m = mappings_[i];
	const column &c = *m.now;

	if (pg::call(getBaseType, c.type) != JSONBOID)
		return {i, obstacle{c.name, changed_since}, std::nullopt};

	const NullableDatum *const base = proven_value(entry, i, before);

	if (base == nullptr)
		return {i, obstacle{c.name, changed_and_unknown()}, std::nullopt};

	const jsonb::server_host server;
	jsonb::arena memory;
	jsonb::tree tree(memory, server);
	const Datum now = row->tts_values[c.attnum - 1];
	const jsonb::merge_result merged = jsonb::merge(tree, root_of(base->value, base->isnull),
													root_of(entry.old_value(m), entry.old_null(m)),
													root_of(now, row->tts_isnull[c.attnum - 1]));

	if (!merged.conflicts.empty())
		return {i, obstacle{c.name, std::string(changed_since) + ", " + places(merged.conflicts)},
				std::nullopt};

	const new_value result =
		merged.merged ? new_value{c.attnum, jsonb::to_datum(*merged.merged, 1024, server), false}
					  : new_value{c.attnum, 0, true};

	return {i, std::nullopt, same_as_now(row, result) ? std::nullopt : std::optional(result)};
}

} // namespace migsafe
