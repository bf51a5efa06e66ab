/*
 * leader.hpp
 *		Who carries out an online run, from where it stands to its end.
 */
#pragma once

#include "online/batch_loop.hpp"
#include "pg/background_worker.hpp"
#include "pg/session_lock.hpp"
#include "table/write_guard.hpp"

#include <optional>
#include <vector>

namespace migsafe::online {

/*
 * Take the run's lock and that of its target for as long as this object lives,
 * and carry it out.
 */
class leader
{
public:
	/*
	 * lock: of the run, if it is held already.  55006 if somebody else carries it out, or
	 * another run writes the target.
	 */
	leader(pg::procedure &procedure, int64 run_id,
		   std::optional<pg::session_lock> lock = std::nullopt);
	~leader();
	leader(const leader &) = delete;
	leader &operator=(const leader &) = delete;

	/* Returns when it is finished; raises what stops it. */
	void carry_out();

private:
	pg::procedure &procedure_;
	const int64 run_id_;
	pg::session_lock lock_;
	std::optional<target_claim> claim_;
	run_context context_;
	std::optional<control> control_;
	std::optional<batch_loop> loop_;
	std::vector<pg::background_worker> workers_;
	catalog::run_record of_; /* of a rollback: what it takes back, and the lock of that */
	std::optional<pg::session_lock> lock_of_;

	[[nodiscard]] bool is_rollback() const { return context_.run.rollback_of.has_value(); }
	[[nodiscard]] batch_action action() const;
	void carry_out_phases();
	void begin();
	[[noreturn]] void cannot_begin(const pg::broken_transaction &broken);
	void take_over(const catalog::run_record &of);
	void plan();
	void verify_undo_log();
	void walk();
	bool begins_again();
	void start_workers();
	void require_not_stopped();
	void revisit(rows_of which);
	void look_for_fresh_rows();
	void tell_of(const catalog::run_result &result) const;
	void finish();
	void go_to(const char *phase);
	[[nodiscard]] bool is_at(const char *phase) const { return context_.online.phase == phase; }
};

} // namespace migsafe::online
