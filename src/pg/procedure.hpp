/*
 * procedure.hpp
 *		A procedure that commits: CALL, with transactions of its own.
 */
#pragma once

#include "pg/memory.hpp"
#include "pg/settings.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"

#include <exception>
#include <optional>
#include <string>

namespace migsafe::pg {

/* The ERROR that ended a transaction, which was rolled back. */
struct broken_transaction
{
	broken_transaction(int state, std::string what, std::string more, std::string advice,
					   std::exception_ptr thrown)
		: sqlstate(state), message(std::move(what)), detail(std::move(more)),
		  hint(std::move(advice)), error(std::move(thrown))
	{
	}
	/* As if a failure of ours had ended it. */
	explicit broken_transaction(const failure &f)
		: broken_transaction(f.sqlstate(), f.what(), f.detail(), f.hint(),
							 std::make_exception_ptr(f))
	{
	}

	int sqlstate;
	std::string message, detail, hint;
	std::exception_ptr error; /* to be thrown on */

	[[noreturn]] void raise() const { std::rethrow_exception(error); }
};

/* For an ERROR of the server that ends a procedure: a hint if it has none, or one that speaks of a single transaction. */
void advise(const pg_error &error, const std::string &advice);

/* Run fn; an ERROR of the server that it raises is given that advice. */
template <typename Fn>
void
advising(const std::string &advice, Fn &&fn)
{
	try
	{
		fn();
	}
	catch (const pg_error &e)
	{
		advise(e, advice);
		throw;
	}
}

/*
 * While it lives, the procedure's body consists of transactions, each of them
 * one call of attempt(); between two of them nothing is open: no snapshot, no
 * relation, no lock but those of the session.
 */
class procedure
{
public:
	/*
	 * 25001 if the call is inside a transaction block, or anywhere else where it
	 * could not commit; name is what the message calls it, hint what to do.
	 */
	procedure(FunctionCallInfo fcinfo, const std::string &name, const std::string &hint);
	~procedure();
	procedure(const procedure &) = delete;
	procedure &operator=(const procedure &) = delete;

	/*
	 * One transaction.  What first writes, by execute() only, it writes at top
	 * level, before any subtransaction: so standbys know the transaction's ID
	 * before those of its subtransactions.  The rest is one subtransaction, so
	 * that an ERROR leaves nothing behind.  Then the transaction is committed; or
	 * rolled back, and what ended it returned.  Settings that code of users makes
	 * meanwhile end before that.
	 */
	template <typename First, typename Rest>
	std::optional<broken_transaction> attempt(First &&first, Rest &&rest)
	{
		try
		{
			{
				const local_settings none_stay;

				first();

				subtransaction sub;

				rest();
				sub.commit();
			}
			commit();
			return std::nullopt;
		}
		catch (const pg_error &e)
		{
			roll_back();
			return broken_transaction{e.sqlstate(), e.what(), e.detail(), e.hint(),
									  std::current_exception()};
		}
		catch (const failure &e)
		{
			roll_back();
			return broken_transaction{e.sqlstate(), e.what(), e.detail(), e.hint(),
									  std::current_exception()};
		}
	}

	/* One that writes nothing. */
	template <typename Rest>
	std::optional<broken_transaction> attempt_reading(Rest &&rest)
	{
		return attempt([] {}, std::forward<Rest>(rest));
	}

	/* One transaction, without a subtransaction: an ERROR in it ends the procedure. */
	template <typename Fn>
	void run(Fn &&fn)
	{
		{
			const local_settings none_stay;

			fn();
		}
		commit();
	}

	/* Make the procedure's result where its caller finds it. */
	template <typename Fn>
	Datum result(Fn &&make)
	{
		const memory_scope scope(caller_cxt_);

		return make();
	}

	/* In first: a statement of our own, with these rights. */
	uint64 execute(Oid role, const std::string &sql, const std::vector<value> &values);

private:
	MemoryContext caller_cxt_ = CurrentMemoryContext; /* outlives the SPI connection */
	int exceptions_;

	static void commit();
	static void roll_back();
};

} // namespace migsafe::pg
