/*
 * row_choice.hpp
 *		The rows of a target that meet a predicate of the caller's.
 */
#pragma once

#include "pg/memory.hpp"
#include "pg/snapshot.hpp"
#include "table/target.hpp"

#include <string>

namespace migsafe {

/*
 * Found by a query of the caller's own, with his rights and by whatever indexes
 * serve it; kept as places of rows, beyond work_mem on disk.
 */
class row_choice
{
public:
	/*
	 * predicate: one SQL expression, as row_evaluator has accepted it.  origin: what
	 * the user passed it as.  25006 if it writes; what it fails with names the origin.
	 */
	row_choice(const target &t, const std::string &predicate, const std::string &origin);

	/* For a query: a relation with the columns tableoid and tid, and how it is called there. */
	[[nodiscard]] EphemeralNamedRelation relation() { return &relation_; }
	[[nodiscard]] static std::string name() { return "\"migsafe chosen rows\""; }
	/* Where the places are those of the rows. */
	[[nodiscard]] Snapshot snapshot() const { return snapshot_.get(); }

private:
	const pg::registered_snapshot snapshot_;
	pg::memory_context cxt_{"migsafe chosen rows"};
	EphemeralNamedRelationData relation_{};
	Tuplestorestate *rows_ = nullptr;

	void make_relation();
	void find(const std::string &sql);
};

} // namespace migsafe
