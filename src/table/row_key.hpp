/*
 * row_key.hpp
 *		Keys of rows, and the rows in the order of their keys.
 */
#pragma once

#include "pg/value.hpp"
#include "table/row_source.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* Of each column of the key the text that its type prints under pinned settings. */
using key_text = std::vector<std::string>;

/*
 * The key of a target.  Its queries run as the target's owner, whoever calls: to plan
 * one is enough to run code of his, such as the functions in the predicate of an
 * index.
 */
class row_key
{
public:
	/* columns as target::key chose them, not empty */
	row_key(const target &t, std::vector<AttrNumber> columns);

	[[nodiscard]] const std::vector<AttrNumber> &columns() const { return columns_; }
	/* Of a row in the target's layout. */
	[[nodiscard]] key_text text_of(TupleTableSlot *row) const;

	/* The next are as the active snapshot sees the target: its last key; nothing if it is empty. */
	[[nodiscard]] std::optional<key_text> last() const;
	/* The first rows after a key, or from the first one on, up to another one, in their order. */
	[[nodiscard]] std::vector<row_place> rows_between(const std::optional<key_text> &after,
													  const key_text &up_to, int64 limit) const;
	/* The row with this key. */
	[[nodiscard]] std::optional<row_place> row_with(const key_text &key) const;
	/*
	 * Keys between the first and the last, in order, that divide the table into
	 * about so many equal pieces; fewer of a small table.
	 */
	[[nodiscard]] std::vector<key_text> divide(int pieces) const;
	/*
	 * Hand on the keys of rows whose versions a snapshot does not see, or that lie in
	 * other tables than these (an oid[]), and that an
	 * undo log has no entry of.  snapshot is what pg_current_snapshot() printed.
	 */
	void each_since(const std::string &snapshot, const std::string &tables,
					const std::string &undo_table,
					const std::function<void(const key_text &)> &take) const;

private:
	const target &target_;
	const std::vector<AttrNumber> columns_;

	/* Of each column: its name with the alias, and its operators. */
	struct part
	{
		std::string name;
		Oid type; /* below domains */
		std::string less, less_or_equal, equal, greater_or_equal, greater;
	};
	std::vector<part> parts_;
	bool by_row_; /* can whole rows be compared? */

	using operator_of = std::string part::*;

	[[nodiscard]] std::vector<pg::value> values(const key_text &key) const;
	[[nodiscard]] std::string comparison(operator_of strict, operator_of or_equal,
										 bool may_be_equal, size_t first_parameter) const;
	[[nodiscard]] std::string column_by_column(operator_of strict, operator_of or_equal,
											   bool may_be_equal, size_t first_parameter,
											   size_t from) const;
	[[nodiscard]] std::string list(const std::string &after_each) const;
	[[nodiscard]] std::string order(operator_of by) const;
	[[nodiscard]] std::vector<pg::text_row> query(const std::string &sql,
												  const std::vector<pg::value> &values) const;
	[[nodiscard]] std::vector<row_place> places(const std::string &sql,
												const std::vector<pg::value> &values) const;
};

} // namespace migsafe
