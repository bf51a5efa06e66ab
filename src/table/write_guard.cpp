#include "table/write_guard.hpp"

#include "pg/lock_holder.hpp"

#include <algorithm>
#include <vector>

extern "C" {
#include "common/hashfn.h"
}

namespace migsafe {
namespace {

/* The tables that calls under way in this session write, outermost first. */
std::vector<std::vector<Oid>> &
tables_being_written()
{
	static std::vector<std::vector<Oid>> tables;

	return tables;
}

std::vector<Oid>
members_of(const target &t)
{
	std::vector<Oid> members{t.relid()};

	for (const leaf &l : t.leaves())
		members.push_back(RelationGetRelid(l.rel.get()));
	return members;
}

/*
 * Take the lock of the table and of all tables that hold its rows; 55006 if
 * another session has one of them.
 */
template <typename Take>
void
guard_against_other_runs(const target &t, Take take)
{
	List *const members = pg::call([&] { return find_all_inheritors(t.relid(), NoLock, nullptr); });
	ListCell *cell;

	foreach (cell, members)
	{
		if (!take(lfirst_oid(cell)))
			throw failure(ERRCODE_OBJECT_IN_USE,
						  "table \"" + t.name() + "\" is being migrated by another session")
				.detail(pg::holder_sentence(pg::lock_kind::target, lfirst_oid(cell)) +
						"One run at a time may write a table; a partition and its parent count "
						"as one.")
				.hint("Wait for that run to end. It is shown by migsafe.progress, and by: SELECT "
					  "pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objsubid = "
					  "27905.");
	}
}

} // namespace

void
require_read_write(const std::string &function, const std::string &hint)
{
	if (XactReadOnly)
		throw failure(ERRCODE_READ_ONLY_SQL_TRANSACTION,
					  "cannot execute " + function + " in a read-only transaction")
			.hint(hint);
}

void
require_no_children(const target &t)
{
	if (t.has_children())
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table \"" + t.name() + "\" has inheritance children")
			.detail("A backup of it could not be restored: its rows lie in tables with other "
					"columns.")
			.hint("Back up and restore the tables of the hierarchy that have no children.");
}

std::string
who_writes(Oid table)
{
	List *const members = pg::call([=] { return find_all_inheritors(table, NoLock, nullptr); });
	ListCell *cell;

	foreach (cell, members)
	{
		if (std::string who = pg::holder_sentence(pg::lock_kind::target, lfirst_oid(cell));
			!who.empty())
			return who;
	}
	return "";
}

void
lock_name(const std::string &name)
{
	const auto *const text = reinterpret_cast<const unsigned char *>(name.data());

	const uint64 key = hash_bytes_extended(text, static_cast<int>(name.size()), 0);

	if (!pg::try_lock(pg::lock_kind::name, key))
		throw failure(ERRCODE_OBJECT_IN_USE,
					  "a run named \"" + name + "\" is under way in another session")
			.detail(pg::holder_sentence(pg::lock_kind::name, key) + "A name runs once at a time.")
			.hint("Wait for that transaction to end. It is shown by: SELECT pid FROM "
				  "pg_catalog.pg_locks WHERE locktype = 'advisory' AND objsubid = 27907.");
}

session_guard::session_guard(const target &t)
{
	const std::vector<Oid> members = members_of(t);

	for (const std::vector<Oid> &others : tables_being_written())
	{
		if (std::find_first_of(others.begin(), others.end(), members.begin(), members.end()) !=
			others.end())
			throw failure(ERRCODE_OBJECT_IN_USE,
						  "table \"" + t.name() + "\" is being migrated by this session")
				.detail("The call comes from a trigger or an expression of that run.")
				.hint("Call migsafe from a statement of its own.");
	}
	tables_being_written().push_back(members);
}

session_guard::~session_guard()
{
	tables_being_written().pop_back();
}

write_guard::write_guard(const target &t, LOCKMODE mode) : session_(t)
{
	guard_against_other_runs(t,
							 [](Oid table) { return pg::try_lock(pg::lock_kind::target, table); });
	t.lock(mode);
}

bool
target_claim::keep() const
{
	return std::all_of(locks_.begin(), locks_.end(),
					   [](const pg::session_lock &lock) { return lock.keep(); });
}

target_claim::target_claim(const target &t)
{
	guard_against_other_runs(t, [this](Oid table) {
		auto lock = pg::session_lock::try_take(pg::lock_kind::target, table);

		if (lock)
			locks_.push_back(std::move(*lock));
		return lock.has_value();
	});
}

} // namespace migsafe
