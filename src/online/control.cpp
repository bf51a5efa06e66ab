#include "online/control_block.hpp"
#include "pg/sleep.hpp"
#include "pg/steady_time.hpp"

#include <algorithm>
#include <cstring>

namespace migsafe::online {
namespace {

constexpr long look_every = 100; /* milliseconds, while the run rests */
constexpr long answer_looked_every = 10;

control_block *
block_of(const pg::shared_segment &segment)
{
	return static_cast<control_block *>(segment.address());
}

/* When the leader's mapping ends. */
void
leader_ends(dsm_segment *segment, Datum)
{
	auto *const block = static_cast<control_block *>(dsm_segment_address(segment));

	pg_atomic_write_u32(&block->leader_gone, 1);
}

/* Is the command of this word that one, or a later one?  Numbers go round. */
bool
is_at_least(uint32 word, uint32 wanted)
{
	return static_cast<int32>((word >> command_bits << command_bits) -
							  (wanted >> command_bits << command_bits)) >= 0;
}

/* In the place of a number: no command ever has it. */
constexpr uint32 has_left = 0xFFFFFFFF;

/* Number the next command; nothing: the same as before. */
uint32
next_command(control_block *block, std::optional<command> what)
{
	uint32 before = pg_atomic_read_u32(&block->wanted), after;

	do
		after = ((before >> command_bits) + 1) << command_bits |
				static_cast<uint32>(what.value_or(command_of(before)));
	while (!pg_atomic_compare_exchange_u32(&block->wanted, &before, after));
	return after;
}

void
require_short(const std::string &pace)
{
	if (pace.size() > control_block::longest_pace)
		throw failure(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "the pace is too long")
			.detail("It takes " + std::to_string(pace.size()) + " bytes of " +
					std::to_string(control_block::longest_pace) + ".")
			.hint("Put the query of \"hold_while\" into a view or a function.");
}

/* Under the lock of the pace. */
void
write_pace(control_block *block, const std::string &pace)
{
	memcpy(block->pace, pace.data(), pace.size());
	block->pace_length = static_cast<uint32>(pace.size());
	block->pace_version++;
}

} // namespace

control::control(pg::shared_segment segment, int place)
	: segment_(std::move(segment)), block_(block_of(segment_)), place_(place)
{
}

control
control::create(int64 run_id, const std::string &pace)
{
	require_short(pace);

	pg::shared_segment segment = pg::shared_segment::create(sizeof(control_block));
	control_block *const block = block_of(segment);

	memset(block, 0, sizeof(*block));
	block->run_id = run_id;
	block->database = MyDatabaseId;
	pg_atomic_init_u32(&block->wanted, static_cast<uint32>(command::run));
	for (pg_atomic_uint32 &word : block->obeyed)
		pg_atomic_init_u32(&word, 0);
	pg_atomic_init_u32(&block->leader_gone, 0);
	SpinLockInit(&block->pace_lock);
	write_pace(block, pace);
	pg_write_barrier();
	block->magic = control_block::expected_magic;
	segment.at_end(leader_ends);
	return {std::move(segment), leader};
}

std::optional<control>
control::attach(dsm_handle handle, int64 run_id, int place)
{
	if (pg::shared_segment::is_mapped(handle))
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "run " + std::to_string(run_id) + " is carried out by this session")
			.hint("Steer it from another session.");

	auto segment = pg::shared_segment::attach(handle, sizeof(control_block));

	if (!segment)
		return std::nullopt;

	const control_block *const block = block_of(*segment);

	if (block->magic != control_block::expected_magic || block->run_id != run_id ||
		block->database != MyDatabaseId || read_word(block->leader_gone))
		return std::nullopt;
	return control(std::move(*segment), place);
}

command
control::wanted() noexcept
{
	at_hand_ = read_word(block_->wanted);
	pg_read_barrier(); /* what came with the command is read after it */
	return command_of(at_hand_);
}

void
control::acknowledge() noexcept
{
	pg_atomic_write_u32(&block_->obeyed[place_], at_hand_);
}

bool
control::has_acknowledged() const noexcept
{
	return is_at_least(read_word(block_->obeyed[place_]), at_hand_);
}

bool
control::is_behind() const noexcept
{
	return read_word(block_->wanted) != at_hand_ || (place_ != leader && leader_gone());
}

void
control::leave() noexcept
{
	pg_atomic_write_u32(&block_->obeyed[place_], has_left);
}

bool
control::is_acknowledged_by_all(int last_place) const noexcept
{
	return std::all_of(
		block_->obeyed + 1, block_->obeyed + last_place + 1, [this](const pg_atomic_uint32 &word) {
			return read_word(word) == has_left || is_at_least(read_word(word), at_hand_);
		});
}

bool
control::leader_gone() const noexcept
{
	return read_word(block_->leader_gone) != 0;
}

uint32
control::pace_version() const noexcept
{
	SpinLockAcquire(&block_->pace_lock);
	const uint32 version = block_->pace_version;

	SpinLockRelease(&block_->pace_lock);
	return version;
}

std::string
control::read_pace(uint32 &version) const
{
	std::string text(control_block::longest_pace, '\0'); /* before the lock: memory may run out */

	SpinLockAcquire(&block_->pace_lock);
	version = block_->pace_version;
	const uint32 length = block_->pace_length;

	memcpy(text.data(), block_->pace, length);
	SpinLockRelease(&block_->pace_lock);
	text.resize(length);
	return text;
}

void
control::send(command what) noexcept
{
	at_hand_ = next_command(block_, what);
}

bool
control::send_pace(const std::string &pace, uint32 version)
{
	require_short(pace);
	SpinLockAcquire(&block_->pace_lock);
	const bool is_newest = block_->pace_version == version;

	if (is_newest)
		write_pace(block_, pace);
	SpinLockRelease(&block_->pace_lock);
	if (is_newest)
		at_hand_ = next_command(block_, std::nullopt);
	return is_newest;
}

bool
control::wait_for_answer(int milliseconds)
{
	const int64 end = pg::steady_time() + milliseconds * int64{1000};

	for (;;)
	{
		if (is_at_least(read_word(block_->obeyed[leader]), at_hand_))
			return true;
		if (leader_gone() || pg::steady_time() >= end)
			return false;
		pg::sleep(answer_looked_every);
	}
}

void
nap(int64 milliseconds, const control &run)
{
	const int64 end = pg::steady_time() + milliseconds * 1000;

	while (!run.is_behind())
	{
		const int64 left = (end - pg::steady_time()) / 1000;

		if (left <= 0)
			return;
		pg::sleep(static_cast<long>(std::min<int64>(left, look_every)));
	}
}

} // namespace migsafe::online
