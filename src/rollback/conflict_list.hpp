/*
 * conflict_list.hpp
 *		What stands in the way of a rollback.
 */
#pragma once

#include "pg/api.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace migsafe {

/* Of what kind it is says what can be done about it. */
enum class conflict_kind {
	changed,   /* the row was changed since */
	missing,   /* it is gone, and that is to stop the rollback */
	repeated,  /* other rows have its key as well */
	taken,     /* another row has the old value of a unique or an exclusion constraint */
	unrelated, /* a foreign key does not admit the old value */
	refused    /* another constraint of today does not */
};

/* Why a row, or a column of it, cannot be taken back. */
struct conflict
{
	std::string key, column, reason; /* key: JSON text; empty: of no row; column: likewise */
	int64 seq;                       /* of the entry in the undo log */
	conflict_kind kind = conflict_kind::changed;
};

/* The conflicts of a rollback, which meets the entries of its undo log backwards. */
class conflict_list
{
public:
	/* shown: keep no more than these, the first ones of the run; nothing: all */
	explicit conflict_list(std::optional<size_t> shown) : shown_(shown) {}

	void add(conflict c);

	/* How many there were, kept or not. */
	[[nodiscard]] int64 found() const { return found_; }
	/* Were there any of that kind?  Any that are not? */
	[[nodiscard]] bool has(conflict_kind kind) const { return kinds_.count(kind) > 0; }
	[[nodiscard]] bool has_others(conflict_kind kind) const
	{
		return kinds_.size() > (has(kind) ? 1U : 0U);
	}
	/* A JSON array of objects with key, column and reason; empty if there are none. */
	[[nodiscard]] std::string json() const;
	/* One a line, for a message. */
	[[nodiscard]] std::string text() const;

private:
	std::optional<size_t> shown_;
	int64 found_ = 0;
	std::set<conflict_kind> kinds_; /* of all that were found */
	std::deque<conflict> kept_;     /* as they were met */

	[[nodiscard]] std::vector<const conflict *> in_order() const;
};

} // namespace migsafe
