/*
 * place_list.hpp
 *		Places of rows that one query finds, as a relation for another.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/key_filter.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace migsafe {

/* A column of a list beside tableoid and tid. */
struct list_column
{
	std::string name;
	Oid type, collation;
};

/* Beyond work_mem on disk.  The planner knows how many there are. */
class place_list
{
public:
	/*
	 * name: of the relation, different from that of any other list in one query.
	 * snapshot: as which the places are those of the rows; it has to outlive the list.
	 * more: what is to be known of each row besides.
	 */
	place_list(const std::string &name, Snapshot snapshot,
			   const std::vector<list_column> &more = {});
	~place_list();
	place_list(const place_list &) = delete;
	place_list &operator=(const place_list &) = delete;

	/*
	 * Add what a read-only query finds, which gives tableoid, ctid, and the columns of the list
	 * besides.  also: server code that is told of each row, with whatever the query gives.
	 */
	void add(const std::string &sql,
			 const std::function<void(HeapTuple, TupleDesc)> &also = nullptr);
	/* Server code.  Add one; more, nulls: its columns besides, if the list has such. */
	void add(Oid table, ItemPointer tid, const Datum *more = nullptr, const bool *nulls = nullptr);

	/*
	 * For a query, when all has been added: a relation with the columns tableoid and tid (server
	 * code), and how it is called there.
	 */
	[[nodiscard]] EphemeralNamedRelation relation();
	[[nodiscard]] std::string name() const { return "\"" + name_ + "\""; }
	[[nodiscard]] Snapshot snapshot() const { return snapshot_; }
	[[nodiscard]] bool has_more() const { return values_.size() > place_columns; }

private:
	const int exceptions_;
	const std::string name_;
	Snapshot snapshot_;
	pg::memory_context cxt_{"migsafe list of places"};
	EphemeralNamedRelationData relation_{};
	Tuplestorestate *places_ = nullptr;
	static constexpr size_t place_columns = 2;
	std::vector<Datum> values_; /* of the row that is added */
	std::unique_ptr<bool[]> nulls_;

	void define(const std::vector<list_column> &more);
	void put();
};

/*
 * Add the rows of a target that meet a predicate of the caller's: found by a query of
 * his own, with his rights and by whatever indexes serve it.  predicate: one SQL
 * expression, as row_evaluator has accepted it.  origin: what the user passed it as.
 * 25006 if it writes; what it fails with names the origin.  keys: where these columns of
 * the rows go; nullptr: nowhere.
 */
void add_rows(place_list &list, const target &t, const std::string &predicate,
			  const std::string &origin, const std::vector<AttrNumber> &key, key_filter *keys);

} // namespace migsafe
