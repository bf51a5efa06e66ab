#pragma once

#include "pg/call.hpp"

#include <exception>

namespace migsafe::pg {

/*
 * A registered snapshot of this moment (under REPEATABLE READ: the
 * transaction's, unless now is asked for), which sees what the transaction
 * itself did so far and nothing that it does later.  The copy matters: the transaction snapshot of
 * REPEATABLE READ is one object whose command id moves on.
 */
class registered_snapshot
{
public:
	enum class moment { transaction, now };

	explicit registered_snapshot(moment when = moment::transaction)
		: exceptions_(std::uncaught_exceptions())
	{
		snapshot_ = call([=] {
			PushCopiedSnapshot(when == moment::now ? GetLatestSnapshot()
												   : GetTransactionSnapshot());
			Snapshot copy = RegisterSnapshot(GetActiveSnapshot());

			PopActiveSnapshot();
			return copy;
		});
	}
	~registered_snapshot()
	{
		if (std::uncaught_exceptions() == exceptions_)
			UnregisterSnapshot(snapshot_);
	}
	registered_snapshot(const registered_snapshot &) = delete;
	registered_snapshot &operator=(const registered_snapshot &) = delete;

	[[nodiscard]] Snapshot get() const noexcept { return snapshot_; }

private:
	int exceptions_;
	Snapshot snapshot_ = nullptr;
};

/*
 * Makes a snapshot the active one for a scope.  While an exception passes it is
 * left to the abort of the (sub)transaction.
 */
class active_snapshot
{
public:
	explicit active_snapshot(Snapshot snapshot) : exceptions_(std::uncaught_exceptions())
	{
		call(PushActiveSnapshot, snapshot);
	}
	~active_snapshot()
	{
		if (std::uncaught_exceptions() == exceptions_)
			PopActiveSnapshot();
	}
	active_snapshot(const active_snapshot &) = delete;
	active_snapshot &operator=(const active_snapshot &) = delete;

private:
	int exceptions_;
};

} // namespace migsafe::pg
