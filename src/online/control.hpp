/*
 * control.hpp
 *		The shared memory by which other sessions steer an online run.
 *
 * Whoever carries a run out, its leader, creates it; background workers of the run and
 * the sessions that steer it attach to it.  Nobody sends signals: what is
 * wanted is written there, and read between batches, while the run rests, and
 * by a timer within a batch (poll.hpp).
 */
#pragma once

#include "pg/shared_segment.hpp"

#include <optional>
#include <string>

namespace migsafe::online {

enum class command : uint32 { run, pause, cancel };

/* What the memory holds; private to this module and poll.hpp. */
struct control_block;

class control
{
public:
	/* The place of the leader among the processes of a run; workers are 1, 2 and so on. */
	static constexpr int leader = 0, most_places = 65;

	/* As the leader, with the pace as JSON text.  It ends with this object, or with the process. */
	static control create(int64 run_id, const std::string &pace);
	/* Nothing if it is gone, or was another run's; 55000 if this process is part of the run already. */
	static std::optional<control> attach(dsm_handle handle, int64 run_id, int place = most_places);

	[[nodiscard]] dsm_handle handle() const noexcept { return segment_.handle(); }
	[[nodiscard]] const control_block &block() const noexcept { return *block_; }

	/* For those who carry it out: what is wanted now.  From here on that command is the one at hand. */
	[[nodiscard]] command wanted() noexcept;
	/* The command at hand is obeyed.  To call once the run has stopped, goes on, or goes by the new pace. */
	void acknowledge() noexcept;
	/* Is the command at hand acknowledged by this process?  A newer one is not. */
	[[nodiscard]] bool has_acknowledged() const noexcept;
	/* Has there been a command, or a pace, since the last wanted()? */
	[[nodiscard]] bool is_behind() const noexcept;
	/* For a worker: it has nothing more to do, so nobody has to wait for its answers. */
	void leave() noexcept;
	/* For the leader: have all workers up to this place acknowledged the command at hand? */
	[[nodiscard]] bool is_acknowledged_by_all(int last_place) const noexcept;
	/* Has the leader ended its work, or its life? */
	[[nodiscard]] bool leader_gone() const noexcept;

	/* Goes up with each new pace. */
	[[nodiscard]] uint32 pace_version() const noexcept;
	/* The pace as JSON text, and its version. */
	[[nodiscard]] std::string read_pace(uint32 &version) const;

	/* For those who steer it. */
	void send(command what) noexcept;
	/* False if there has been a newer pace than that version meanwhile; 54000 if the text is too long. */
	bool send_pace(const std::string &pace, uint32 version);
	/* Has the leader acknowledged what was sent?  Waits so many milliseconds at most, or until it is gone. */
	bool wait_for_answer(int milliseconds);

	control(control &&) = default;

private:
	control(pg::shared_segment segment, int place);

	pg::shared_segment segment_;
	control_block *block_;
	int place_;
	uint32 at_hand_ = 0; /* number and command, as last read or sent */
};

/* Sleep so long at most; ends early at a command, a pace, or the end of the leader that wanted() has not read. */
void nap(int64 milliseconds, const control &run);

} // namespace migsafe::online
