/*
 * write_guard.hpp
 *		What everything that writes a target makes sure of first.
 */
#pragma once

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

/* 55006 if another session is running or rolling back under this name. */
void lock_name(const std::string &name);

/*
 * Only one at a time writes a target: not another session, and not a trigger or
 * an expression of the run that is under way in this one.
 */
class write_guard
{
public:
	/* then lock it in mode: only a writer that is not migsafe can make this wait */
	write_guard(const target &t, LOCKMODE mode);
	~write_guard();
	write_guard(const write_guard &) = delete;
	write_guard &operator=(const write_guard &) = delete;
};

} // namespace migsafe
