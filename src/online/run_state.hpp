#pragma once

#include "catalog/target_record.hpp"
#include "catalog/unfinished_rollback.hpp"

#include <optional>
#include <string>

namespace migsafe::online {

/* Where a run, online or not, stands at a moment. */
struct run_state
{
	int64 run_id;
	std::optional<std::string> name;
	std::string run_by;
	Oid run_by_oid; /* of an online run, as the rest but for is_carried_out and is_own */
	catalog::target_record target;
	bool target_is_gone;
	bool target_was_replaced; /* another table has its name; never where the number was asked for */
	std::optional<std::string> rollback_of;
	bool online, committed;
	std::optional<std::string> taken_back_by;
	std::optional<catalog::unfinished_rollback> under_rollback;
	bool background;
	std::optional<std::string> stopped, sqlstate, message, held_back_by;
	std::string rows_done;
	bool has_too_many_errors; /* for its max_errors */
	std::optional<std::string> rows_expected, percent;
	bool is_carried_out; /* or a worker is about to, or it is this transaction that recorded it */
	bool waits_for_us;   /* for a lock of this session */
	bool is_own;         /* recorded, or started again, by this transaction */

	/* What messages call it. */
	[[nodiscard]] std::string title() const;
	/* The statement by which it goes on, once it has stopped. */
	[[nodiscard]] std::string way_on() const;
	/* Sentences that say how it goes on, and how it is taken back, once it has stopped. */
	[[nodiscard]] std::string ways_out() const;
	[[nodiscard]] bool stands() const
	{
		return committed && !taken_back_by && !under_rollback && !target_was_replaced;
	}
};

/*
 * As things are now, also under REPEATABLE READ: the run of this number; or of this name the
 * newest that was not taken back and whose target is there, or else the newest.
 */
std::optional<run_state> find_state(int64 run_id);
std::optional<run_state> find_state(const std::string &name);

/* A WARNING if the run, about to go on with that max_errors, would stop at once. */
void warn_of_failed_rows(int64 run_id, int64 max_errors);

/* A run in one transaction that has not committed leaves no more than the recorder's word. */
enum class uncommitted { unknown, open, rolled_back };
uncommitted find_uncommitted(int64 run_id);
uncommitted find_uncommitted(const std::string &name);

} // namespace migsafe::online
