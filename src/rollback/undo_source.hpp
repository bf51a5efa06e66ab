/*
 * undo_source.hpp
 *		An undo log, or the part of it that is to be taken back.
 */
#pragma once

#include "pg/relation.hpp"
#include "rollback/rollback_terms.hpp"
#include "rollback/undo_entry.hpp"
#include "table/pairing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* Some of a table: the blocks from the first number to before the second. */
struct block_range
{
	BlockNumber from, to;
};

/* Some blocks of an undo log, and the rollback that takes them back. */
struct undo_piece
{
	block_range blocks;
	int64 rollback_run_id;
	std::string done; /* its undo log, quoted: rows that are in it are passed over; or empty */
};

class undo_source
{
public:
	/*
	 * The target, the run and the terms have to outlive it.  piece: only the entries in
	 * these blocks; nothing: all.  ERRORs: 55000 the undo log is gone or was altered,
	 * 42804 a column that it needs is not there any more, and those of mistakes in
	 * keys and columns.
	 */
	undo_source(const target &t, const catalog::run_record &run, const rollback_terms &terms,
				std::optional<undo_piece> piece);

	[[nodiscard]] const target &of() const { return target_; }
	[[nodiscard]] const catalog::run_record &run() const { return run_; }
	[[nodiscard]] const rollback_terms &terms() const { return terms_; }
	[[nodiscard]] const std::optional<undo_piece> &piece() const { return piece_; }
	[[nodiscard]] Relation rel() const { return undo_rel_.get(); }
	[[nodiscard]] const std::vector<undo_mapping> &mappings() const { return mappings_; }
	/* The columns of the target that name a row; empty if it has no key. */
	[[nodiscard]] const std::vector<AttrNumber> &key() const { return key_; }
	/* Where an entry has them, from 0. */
	[[nodiscard]] std::vector<int> key_positions() const;
	[[nodiscard]] undo_layout layout() const { return undo_layout(key_.size()); }
	/* Those that an UPDATE can set. */
	[[nodiscard]] const std::vector<AttrNumber> &settable() const { return settable_; }
	/* Are all of its entries read? */
	[[nodiscard]] bool is_whole() const { return filter_.empty() && !terms_.rows; }
	/* Its table, quoted, and the condition over alias o that selects its entries; empty if none does. */
	[[nodiscard]] std::string name() const
	{
		return pg::qualified_name(*run_.undo_schema, *run_.undo_name);
	}
	[[nodiscard]] const std::string &filter() const { return filter_; }
	/* Does the entry give back a column that is to come back? */
	[[nodiscard]] bool is_wanted(const undo_entry &entry) const;

	/*
	 * 42804 if a column that an entry changed, and that is to come back, is not there any more.
	 * What the terms say of rows is not asked.
	 */
	void require_no_lost_column() const;

	/*
	 * For a join with the target, from the last entry to the first.  entries: the places of
	 * those that may be wanted; nullptr: all.  rows: places in the target; nullptr: all.
	 */
	[[nodiscard]] counterpart joined(place_list *entries, place_list *rows) const;

private:
	const target &target_;
	const catalog::run_record &run_;
	const rollback_terms &terms_;
	const std::optional<undo_piece> piece_;
	const pg::relation undo_rel_;
	const std::vector<undo_mapping> mappings_;
	const std::vector<AttrNumber> key_, settable_;
	const std::string filter_;

	[[nodiscard]] std::string make_filter() const;
	[[nodiscard]] std::string not_done() const;
	[[nodiscard]] std::string old_row() const;
	[[nodiscard]] std::vector<AttrNumber> key_columns() const;
	[[nodiscard]] std::vector<AttrNumber> settable_columns() const;
};

} // namespace migsafe
