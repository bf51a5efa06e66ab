/*
 * write_guard.hpp
 *		What everything that writes a target makes sure of first.
 */
#pragma once

#include "pg/session_lock.hpp"
#include "table/target.hpp"

#include <string>

namespace migsafe {

/* 25006 in a read-only transaction, a standby's included. */
void require_read_write(const std::string &function, const std::string &hint);

/*
 * 0A000 for an inheritance parent: rows of its children have columns of their
 * own, and no key tells them apart, so a copy of the parent cannot be put back.
 */
void require_no_children(const target &t);

/* Who keeps others from writing the table: a sentence with a space behind it, or nothing. */
std::string who_writes(Oid table);

/* 55006 if another session is running or rolling back under this name. */
void lock_name(const std::string &name);

/*
 * Nobody else in this session writes the target meanwhile: not a trigger or an
 * expression of the run that is under way.  55006.
 */
class session_guard
{
public:
	explicit session_guard(const target &t);
	~session_guard();
	session_guard(const session_guard &) = delete;
	session_guard &operator=(const session_guard &) = delete;
};

/* Only one at a time writes a target: nobody else in this session, and no other session. */
class write_guard
{
public:
	/* then lock it in mode: only a writer that is not migsafe can make this wait */
	write_guard(const target &t, LOCKMODE mode);

private:
	session_guard session_;
};

/* The same, for as long as it lives, however many transactions that are; nothing is locked but migsafe's own locks. */
class target_claim
{
public:
	explicit target_claim(const target &t);

	/* Take it again where somebody released it; false if another session was quicker. */
	[[nodiscard]] bool keep() const;

private:
	std::vector<pg::session_lock> locks_;
};

} // namespace migsafe
