/*
 * walk.hpp
 *		Following the pointers of an operation through a tree.
 */
#pragma once

#include "jsonb/operation.hpp"
#include "jsonb/tree.hpp"

#include <string>

namespace migsafe::jsonb {

/* What a star stands for at the moment, and so do those before it. */
struct binding
{
	const binding *outer;
	const node *in;
	uint32_t at;

	/* As a reference token, not escaped. */
	[[nodiscard]] std::string token() const
	{
		return in->object ? std::string(in->items[at].name()) : std::to_string(at);
	}
};

/* Where in a node the step leads, or nowhere. */
inline uint32_t
locate(const node &n, const step &s)
{
	if (!n.object)
		return s.index >= 0 && s.index < static_cast<long>(n.count) ? static_cast<uint32_t>(s.index)
																	: nowhere;

	const uint32_t i = tree::find(n, s.name, s.near);

	if (i != nowhere)
		s.near = i;
	return i;
}

/*
 * Walks for one operation of one patch.  Where there is no way on, an optional
 * operation does nothing, and any other fails.
 */
class walker
{
public:
	walker(const operation &op, const std::string &subject, tree &document)
		: op_(op), subject_(subject), tree_(document)
	{
	}

	/*
	 * Call visit(item &, const binding *) wherever the steps from first to last
	 * of a pointer lead, beginning at place.  visit says whether it changed
	 * something, and so does walk.
	 */
	template <typename Visit>
	bool walk(item &place, const steps &pointer, size_t first, size_t last, const binding *outer,
			  Visit visit)
	{
		if (first == last)
			return visit(place, outer);

		if (first % 64 == 63)
			tree_.process().check();

		const step &s = pointer[first];
		node *const n = tree_.open(place);

		if (n == nullptr)
			return no_container(place, pointer, first, outer);
		if (s.star)
			return walk_all(*n, pointer, first, last, outer, visit);

		const uint32_t i = locate(*n, s);

		if (i == nowhere)
			return absent(*n, pointer, first, outer);

		const bool changed = walk(n->items[i], pointer, first + 1, last, outer, visit);

		n->changed |= changed;
		return changed;
	}

	/*
	 * There is no container for the step to enter, or nothing where it leads:
	 * false for an optional operation, else an error.
	 */
	bool no_container(const item &place, const steps &pointer, size_t at,
					  const binding *outer) const;
	bool absent(const node &n, const steps &pointer, size_t at, const binding *outer) const;

	/* The operation failed at the end of the pointer. */
	[[noreturn]] void fail(const char (&code)[6], const std::string &reason, const steps &pointer,
						   const binding *outer, const std::string &hint) const;

private:
	template <typename Visit>
	bool walk_all(node &n, const steps &pointer, size_t first, size_t last, const binding *outer,
				  Visit visit)
	{
		bool changed = false;

		tree_.process().check();
		for (uint32_t i = 0; i < n.count; i++)
		{
			const binding here{outer, &n, i};

			if (i % 1024 == 1023)
				tree_.process().check();
			changed |= walk(n.items[i], pointer, first + 1, last, &here, visit);
		}
		n.changed |= changed;
		return changed;
	}

	bool missing(const char (&code)[6], const std::string &reason, const std::string &hint,
				 const steps &pointer, const binding *outer) const;
	[[nodiscard]] std::string way_hint() const;

	const operation &op_;
	const std::string &subject_;
	tree &tree_;
};

/* The first size steps as a pointer, with what its stars stand for. */
std::string pointer_text(const steps &pointer, size_t size, const binding *innermost);

} // namespace migsafe::jsonb
