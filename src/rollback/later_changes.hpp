/*
 * later_changes.hpp
 *		Later runs that stand on what a run has written.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "pg/spi.hpp"
#include "rollback/undo_source.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/*
 * To take a run back from under a later one that changed the same columns of the
 * same rows would leave the later one without ground, unless it is taken back by
 * the same call.  The entries of the undo log
 * are to be asked for from the last to the first.
 */
class later_changes
{
public:
	/*
	 * Of those that stand.  It is to be made before any other cursor fetches rows
	 * that is used until it ends.
	 */
	explicit later_changes(const undo_source &source);

	/* Take note if later runs stand on the row of this entry. */
	void meet(int64 seq);
	/* Take note of all that the source has. */
	void meet_all();

	/* 55000, with the list, if there were any. */
	void require_none() const;

private:
	struct later_run
	{
		int64 run_id;
		std::string label;
		std::optional<pg::cursor> rows; /* the numbers of entries, from the last to the first */
		bool more = true;
		int64 at = 0, met = 0;
	};

	const undo_source &source_;
	pg::spi_session spi_; /* one for all their cursors: each frees its rows in the latest */
	std::list<later_run> runs_;

	void advance(later_run &run) const;
};

} // namespace migsafe
