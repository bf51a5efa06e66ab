/*
 * place_list.hpp
 *		Places of rows that one query finds, as a relation for another.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/key_filter.hpp"

#include <functional>
#include <string>

namespace migsafe {

/* Beyond work_mem on disk.  The planner knows how many there are. */
class place_list
{
public:
	/*
	 * name: of the relation, different from that of any other list in one query.
	 * snapshot: as which the places are those of the rows; it has to outlive the list.
	 */
	place_list(const std::string &name, Snapshot snapshot);
	~place_list();
	place_list(const place_list &) = delete;
	place_list &operator=(const place_list &) = delete;

	/*
	 * Add what a read-only query finds, which gives tableoid and ctid.  also: server code that
	 * is told of each row, with whatever other columns the query gives.
	 */
	void add(const std::string &sql,
			 const std::function<void(HeapTuple, TupleDesc)> &also = nullptr);
	/* Server code.  Add one. */
	void add(Oid table, ItemPointer tid);

	/*
	 * For a query, when all has been added: a relation with the columns tableoid and tid (server
	 * code), and how it is called there.
	 */
	[[nodiscard]] EphemeralNamedRelation relation();
	[[nodiscard]] std::string name() const { return "\"" + name_ + "\""; }
	[[nodiscard]] Snapshot snapshot() const { return snapshot_; }

private:
	const int exceptions_;
	const std::string name_;
	Snapshot snapshot_;
	pg::memory_context cxt_{"migsafe list of places"};
	EphemeralNamedRelationData relation_{};
	Tuplestorestate *places_ = nullptr;

	void put(Datum *place);
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
