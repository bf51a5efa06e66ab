#include "rollback/undo_source.hpp"

#include "pg/rights.hpp"
#include "pg/spi.hpp"
#include "rollback/entry_sql.hpp"
#include "rollback/undo_filter.hpp"
#include "table/equality_operator.hpp"

#include <algorithm>
#include <utility>

namespace migsafe {

undo_source::undo_source(const target &t, const catalog::run_record &run,
						 const rollback_terms &terms, std::optional<undo_piece> piece)
	: target_(t), run_(run), terms_(terms), piece_(std::move(piece)), undo_rel_(open_undo_log(run)),
	  mappings_(map_undo_columns(t, run, undo_rel_.get(), terms.columns)), key_(key_columns()),
	  settable_(settable_columns()), filter_(make_filter())
{
	require_same_owner(t, undo_rel_.get()); /* rather now than after something is recorded */
}

/* A piece is a range of ctid, which the server reads as a range: no other block is looked at. */
std::string
undo_source::make_filter() const
{
	std::string filter = undo_filter(target_, mappings_, terms_);

	if (piece_)
		filter += (filter.empty() ? "" : " AND ") +
				  ("o.ctid >= '(" + std::to_string(piece_->blocks.from)) + ",0)' AND o.ctid < '(" +
				  std::to_string(piece_->blocks.to) + ",0)'";
	return piece_ && !piece_->done.empty() ? filter + " AND " + not_done() : filter;
}

/*
 * That a row has not been taken back by this rollback: in its undo log, columns go by their
 * numbers of today.  The key that the run wrote is the one from before the rollback.
 */
std::string
undo_source::not_done() const
{
	std::string same;

	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			same += (same.empty() ? "" : " AND ") + key_before_sql("done", m.now->attnum) + " " +
					*equality_operator(m.now->type, m.now->type) + " o.key_" +
					std::to_string(m.bit + 1);
	}
	return "NOT EXISTS (SELECT FROM ONLY " + piece_->done + " done WHERE " + same + ")";
}

std::vector<AttrNumber>
undo_source::key_columns() const
{
	std::vector<AttrNumber> key;

	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			key.push_back(m.now->attnum);
	}
	return key;
}

std::vector<int>
undo_source::key_positions() const
{
	std::vector<int> positions;

	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			positions.push_back(m.key_position);
	}
	return positions;
}

std::vector<AttrNumber>
undo_source::settable_columns() const
{
	std::vector<AttrNumber> columns;

	for (const undo_mapping &m : mappings_)
	{
		if (m.now && !m.now->generated)
			columns.push_back(m.now->attnum);
	}
	return columns;
}

/* Without a key an entry has the whole row as it was before; its columns, in the order of settable_. */
std::string
undo_source::old_row() const
{
	std::string columns;

	for (const undo_mapping &m : mappings_)
	{
		if (m.now && !m.now->generated)
			columns += (columns.empty() ? "o.old_" : ", o.old_") + std::to_string(m.bit + 1);
	}
	return columns;
}

bool
undo_source::is_wanted(const undo_entry &entry) const
{
	return terms_.columns.empty() ||
		   std::any_of(mappings_.begin(), mappings_.end(),
					   [&](const undo_mapping &m) { return m.wanted && entry.has_changed(m); });
}

void
undo_source::require_no_lost_column() const
{
	for (const undo_mapping &m : mappings_)
	{
		if (!m.wanted || m.now)
			continue;

		const std::string changed = has_changed_sql("o", m.bit + 1);
		const pg::elevated rights(target_.owner());
		pg::spi_session spi;

		if (spi.scalar("SELECT true FROM ONLY " + name() + " o WHERE " + changed +
						   (filter_.empty() ? "" : " AND " + filter_) + " LIMIT 1",
					   {}))
			raise_lost_column(target_, m);
	}
}

counterpart
undo_source::joined(place_list *entries, place_list *rows) const
{
	counterpart other;

	other.relation = name();
	for (const undo_mapping &m : mappings_)
	{
		if (m.key_position >= 0)
			other.keys.push_back("key_" + std::to_string(m.bit + 1));
	}
	other.row_hash = "o.row_hash";
	if (is_whole()) /* else it might be a row that an entry of the rest has written */
		other.back_row_hash = "migsafe.row_hash(ROW(" + old_row() + "))";
	other.row_columns = settable_;
	other.filter = filter_;
	other.places = entries;
	other.target_places = rows;
	other.lists_have_keys = entries && rows && entries->has_more() && rows->has_more();

	/* backwards: what the run could do step by step can be undone step by step */
	other.order = "seq";
	return other;
}

} // namespace migsafe
