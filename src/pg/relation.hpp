#pragma once

#include "pg/call.hpp"

#include <exception>

namespace migsafe::pg {

/*
 * An open relation.  Its lock stays until the transaction ends, as is the rule
 * in the server; its relcache reference ends with the scope.  While an
 * exception passes the reference is left to the (sub)transaction abort, which
 * may already have dropped it.
 */
class relation
{
public:
	relation(Oid relid, LOCKMODE mode)
		: exceptions_(std::uncaught_exceptions()), rel_(call(relation_open, relid, mode))
	{
	}
	~relation()
	{
		if (rel_ && std::uncaught_exceptions() == exceptions_)
			relation_close(rel_, NoLock);
	}
	relation(relation &&other) noexcept : exceptions_(other.exceptions_), rel_(other.rel_)
	{
		other.rel_ = nullptr;
	}
	relation(const relation &) = delete;
	relation &operator=(const relation &) = delete;
	relation &operator=(relation &&) = delete;

	[[nodiscard]] Relation get() const noexcept { return rel_; }
	Relation operator->() const noexcept { return rel_; }

private:
	int exceptions_;
	Relation rel_;
};

} // namespace migsafe::pg
