/*
 * control_block.hpp
 *		What the shared memory of an online run holds.
 *
 * A signal handler reads it, so what it needs are single words.
 */
#pragma once

#include "online/control.hpp"

extern "C" {
#include "port/atomics.h"
#include "storage/spin.h"
}

namespace migsafe::online {

struct control_block
{
	static constexpr uint64 expected_magic = 0x6d69677361666531; /* "migsafe1" */
	static constexpr size_t longest_pace = 16384;

	uint64 magic;
	int64 run_id;
	Oid database;
	pg_atomic_uint32 wanted; /* the number of a command, and the command in the last two bits */
	pg_atomic_uint32
		obeyed[control::most_places]; /* by each process: the last that it acknowledged */
	pg_atomic_uint32 leader_gone;

	slock_t pace_lock; /* of the rest */
	uint32 pace_version;
	uint32 pace_length;
	char pace[longest_pace];
};

constexpr uint32 command_bits = 2;

inline command
command_of(uint32 word)
{
	return static_cast<command>(word & ((1U << command_bits) - 1));
}

/* The server's atomics take no const pointer. */
inline uint32
read_word(const pg_atomic_uint32 &word)
{
	return pg_atomic_read_u32(const_cast<pg_atomic_uint32 *>(&word));
}

} // namespace migsafe::online
