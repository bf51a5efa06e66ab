#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>

namespace migsafe::pg {

/*
 * An internal subtransaction, rolled back unless commit() is reached.  As in
 * PL/pgSQL's exception blocks, the caller's memory context and resource owner
 * are put back at each step.
 */
class subtransaction
{
public:
	enum class access { read_write, read_only };

	explicit subtransaction(access mode = access::read_write)
		: cxt_(CurrentMemoryContext), owner_(CurrentResourceOwner)
	{
		call(BeginInternalSubTransaction, nullptr);
		MemoryContextSwitchTo(cxt_);
		if (mode == access::read_only)
			XactReadOnly = true; /* put back when the subtransaction ends */
	}
	~subtransaction();
	subtransaction(const subtransaction &) = delete;
	subtransaction &operator=(const subtransaction &) = delete;

	void commit();
	void rollback();

private:
	void finished() noexcept;

	MemoryContext cxt_;
	ResourceOwner owner_;
	bool open_ = true;
};

/*
 * While it lives, the transaction may not write.  Without a subtransaction of its own: an
 * error has to end the one that it is in, which puts that back.
 */
class read_only_scope
{
public:
	read_only_scope() : before_(XactReadOnly) { XactReadOnly = true; }
	~read_only_scope() { XactReadOnly = before_; }
	read_only_scope(const read_only_scope &) = delete;
	read_only_scope &operator=(const read_only_scope &) = delete;

private:
	const bool before_;
};

/* What went wrong in a subtransaction that was rolled back. */
struct row_failure
{
	int sqlstate;
	std::string message, detail;
	std::string schema = {}, table = {}; /* of a constraint, that which has it; else empty */
};

/*
 * Is this an error of the row at hand, or does it concern the whole run?
 * Serialization failures and deadlocks (class 40), lack of resources (53),
 * objects in the wrong state (55), intervention by an operator (57), system
 * errors (58), internal errors (XX), missing rights (42501) and an attempt to
 * write in a read-only transaction (25006) would meet the next row as well.
 */
bool is_row_error(int sqlstate) noexcept;

/* Why an error is none of a row; and what to do about it, if there is one transaction. */
const char *run_error_reason(int sqlstate) noexcept;
const char *run_error_hint(int sqlstate) noexcept;

/*
 * 25006 if the present subtransaction has written: to a temporary table, which a
 * read-only transaction may.
 */
void require_nothing_written();

/*
 * Run fn in a subtransaction; nothing if it worked, else what went wrong.
 * It swallows errors only where is_of_row(sqlstate) is true; to
 * others it adds as context what where() returns, unless that is empty.
 */
template <typename Fn, typename Where, typename Predicate>
std::optional<row_failure>
attempt(subtransaction::access mode, Fn &&fn, Where &&where, Predicate &&is_of_row)
{
	subtransaction sub(mode);

	try
	{
		fn();
		if (mode == subtransaction::access::read_only)
			require_nothing_written();
		sub.commit();
		return std::nullopt;
	}
	catch (const pg_error &e)
	{
		sub.rollback();
		if (!is_of_row(e.sqlstate()))
		{
			e.suggest(run_error_hint(e.sqlstate()));
			if (const std::string place = where(); !place.empty())
				e.add_context(place);
			throw;
		}
		return row_failure{e.sqlstate(), e.what(), e.detail(), e.schema_name(), e.table_name()};
	}
	catch (const failure &e)
	{
		sub.rollback();
		if (!is_of_row(e.sqlstate()))
			throw;
		return row_failure{e.sqlstate(), e.what(), e.detail()};
	}
}

/* The same, of errors of a row. */
template <typename Fn, typename Where>
std::optional<row_failure>
attempt(subtransaction::access mode, Fn &&fn, Where &&where)
{
	return attempt(mode, std::forward<Fn>(fn), std::forward<Where>(where), is_row_error);
}

template <typename Fn>
std::optional<row_failure>
attempt(subtransaction::access mode, Fn &&fn)
{
	return attempt(mode, std::forward<Fn>(fn), [] { return std::string(); });
}

/*
 * Run fn in a read-only subtransaction that is always rolled back, so that
 * nothing of what it does lasts, not even a setting; to errors it adds as
 * context what where() returns, unless that is empty.
 */
template <typename Fn, typename Where>
void
undone(Fn &&fn, Where &&where)
{
	subtransaction sub(subtransaction::access::read_only);

	try
	{
		fn();
		sub.rollback();
	}
	catch (const pg_error &e)
	{
		sub.rollback();
		if (const std::string place = where(); !place.empty())
			e.add_context(place);
		throw;
	}
}

/*
 * Run fn in a read-only subtransaction; false if it failed, be it for a mistake in an
 * expression, for missing rights, or for the state of the session: whatever would not
 * concern all else as well, nor pass by itself, as a lock of others does.
 */
template <typename Fn>
bool
works(Fn &&fn)
{
	subtransaction sub(subtransaction::access::read_only);

	try
	{
		fn();
		require_nothing_written();
		sub.commit();
		return true;
	}
	catch (const pg_error &e)
	{
		sub.rollback();
		if (e.sqlstate() == ERRCODE_LOCK_NOT_AVAILABLE)
			throw;
		if (!is_row_error(e.sqlstate()) &&
			ERRCODE_TO_CATEGORY(e.sqlstate()) !=
				ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION) &&
			ERRCODE_TO_CATEGORY(e.sqlstate()) !=
				ERRCODE_TO_CATEGORY(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE) &&
			e.sqlstate() != ERRCODE_READ_ONLY_SQL_TRANSACTION)
			throw;
		return false;
	}
	catch (const failure &)
	{
		sub.rollback();
		return false;
	}
}

/*
 * Run fn, on which nothing depends, in a subtransaction; false if the system
 * lacked resources for it (classes 53 and 58).
 */
template <typename Fn>
bool
if_resources_allow(Fn &&fn)
{
	subtransaction sub;

	try
	{
		fn();
		sub.commit();
		return true;
	}
	catch (const pg_error &e)
	{
		const int category = ERRCODE_TO_CATEGORY(e.sqlstate());

		sub.rollback();
		if (category != ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) &&
			category != ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR))
			throw;
		return false;
	}
}

/* The steps of in_transaction(). */
void begin_transaction();
void commit_transaction();
void abort_transaction();

/*
 * For background workers: run fn in a transaction of its own, under a snapshot;
 * nothing if it has committed, else what went wrong.
 */
template <typename Fn>
std::optional<problem>
in_transaction(Fn &&fn)
{
	const MemoryContext cxt = CurrentMemoryContext;
	std::optional<problem> met;

	begin_transaction();
	try
	{
		fn();
		commit_transaction();
	}
	catch (...)
	{
		met = describe_escaping();
		abort_transaction();
	}
	MemoryContextSwitchTo(cxt);
	return met;
}

/*
 * Call fn whenever a transaction of this process has committed, been prepared or
 * been aborted, before it releases its locks.  Nothing in fn may fail.
 */
void at_transaction_ends(void (*fn)());

void check_for_interrupts();

/* How many subtransactions of this transaction have written and survive. */
int writing_subtransactions() noexcept;

} // namespace migsafe::pg
