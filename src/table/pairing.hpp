/*
 * pairing.hpp
 *		The rows of a target beside those of a table that describes them: an undo
 *		log, or a backup.
 */
#pragma once

#include "pg/spi.hpp"
#include "table/place_list.hpp"
#include "table/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* How the other table names a row: by its key, or by the hash of the whole row. */
struct counterpart
{
	std::string relation;          /* quoted */
	std::vector<std::string> keys; /* quoted column names, one for each key column of the target */
	std::vector<AttrNumber>
		row_columns;      /* without a key: those of the target that the hash is of */
	std::string row_hash; /* without a key: an SQL expression over alias o */
	std::string
		back_row_hash;  /* likewise, of a row that is taken where that one is not there; or empty */
	std::string order;  /* the pairs come by this column of o, descending; or empty */
	std::string filter; /* only those that meet this SQL condition over o; empty: all */

	/* Only those at these places, and only these rows of the target; both lists have one snapshot. */
	place_list *places = nullptr, *target_places = nullptr;
	/* Do both lists have the key, in columns k1, k2 ..., and the places the column of order?  Then no filter counts. */
	bool lists_have_keys = false;

	/* For join::none: which rows of the target, an SQL condition over t. */
	std::string target_filter;
};

/* The columns that the hash of a row in an undo log takes: those that are not generated. */
std::vector<AttrNumber> hashed_columns(const target &t);

/* The hash of these columns as an SQL expression over an alias; equal to that in an undo log. */
std::string row_hash_sql(const target &t, const std::vector<AttrNumber> &columns,
						 const std::string &alias);

/*
 * 42501 unless the undo log or backup has the owner of the target, who changed if it has not; and if
 * the target has a descendant that may not be trusted.
 */
void require_same_owner(const target &t, Relation other);

/*
 * Pairs come from one query.  It runs as the target's owner, whatever policies
 * say, since to plan it is enough to run code of his, such as the functions in
 * the predicate of an index; the caller has made sure that its own caller may read
 * both tables.  Rows without a key that are alike are paired one to one.
 */
class row_pairs
{
public:
	/*
	 * With the other table on the left.  none: by key, as it is written (2 is not 2.00), only
	 * rows of the target that meet target_filter and that the other table has no row for.
	 */
	enum class join { left, full, none };

	/* other_rel: what other names; 42501 unless it has the target's owner */
	row_pairs(const target &t, const std::vector<AttrNumber> &key, const counterpart &other,
			  Relation other_rel, join kind);
	/* The same, but the query begins with open(), once. */
	row_pairs(const target &t, const std::vector<AttrNumber> &key, Relation other_rel, join kind);
	void open(const counterpart &other);

	/* Go to the next pair; false at the end. */
	bool next();

	[[nodiscard]] bool has_other() const { return has_other_; }
	[[nodiscard]] bool has_target() const { return has_target_; }
	/* Is it the row of back_row_hash? */
	[[nodiscard]] bool is_back() const { return is_back_; }
	[[nodiscard]] ItemPointerData other() const { return other_; }
	[[nodiscard]] ItemPointerData row() const { return row_; }
	[[nodiscard]] size_t leaf_no() const { return leaf_no_; }

private:
	const target &target_;
	const std::vector<AttrNumber> key_;
	const join kind_;
	pg::spi_session spi_;
	std::optional<pg::cursor> cursor_;
	bool has_other_ = false, has_target_ = false, is_back_ = false;
	ItemPointerData other_{}, row_{};
	size_t leaf_no_ = 0;

	bool advance();
};

} // namespace migsafe
