#include "jsonb/transfer.hpp"

#include <algorithm>
#include <vector>

namespace migsafe::jsonb {
namespace {

bool
has_star(const steps &pointer, size_t first)
{
	return std::any_of(pointer.begin() + static_cast<ptrdiff_t>(first), pointer.end(),
					   [](const step &s) { return s.star; });
}

[[noreturn]] void
fail_insertion(const walker &w, const steps &pointer, const binding *outer)
{
	w.fail("22033", "a star does not say where to insert into an array", pointer, outer,
		   "Replace the elements, or name an index.");
}

bool
replace_all(node &n, const steps &pointer, const walker &w, const binding *outer, const item &v)
{
	if (!n.object)
		fail_insertion(w, pointer, outer);
	for (uint32_t i = 0; i < n.count; i++)
		n.items[i].set(v);
	n.changed |= n.count > 0;
	return n.count > 0;
}

/* Where a value was taken from. */
struct origin
{
	node *container = nullptr;
	uint32_t at = 0;
	item taken; /* with its key */
};

origin
take(node &n, uint32_t i)
{
	const origin from{&n, i, n.items[i]};

	tree::erase(n, i);
	return from;
}

void
put_back(tree &document, const origin &from)
{
	if (from.container->object)
		document.set_member(*from.container, from.taken, from.at);
	else
		document.insert(*from.container, std::min(from.at, from.container->count), from.taken);
}

class mover
{
public:
	mover(const operation &op, walker &w, tree &document) : op_(op), walker_(w), tree_(document) {}

	bool apply(item &start, size_t first, const binding *bound)
	{
		const size_t common = std::max(common_parents(), first);

		if (has_star(op_.from, common))
			return transfer_bound(start);
		return walker_.walk(start, op_.path, first, common, bound,
							[=, this](item &place, const binding *outer) {
								return transfer_within(place, common, outer);
							});
	}

private:
	/* How far both pointers go the same way, each with at least one step left. */
	[[nodiscard]] size_t common_parents() const
	{
		size_t common = op_.common;

		for (const steps *pointer : {&op_.from, &op_.path})
			common = std::min(common, pointer->empty() ? 0 : pointer->size() - 1);
		return common;
	}

	bool transfer_within(item &place, size_t first, const binding *outer)
	{
		return op_.code == opcode::copy || op_.from.empty() ? copy_within(place, first, outer)
															: move_within(place, first, outer);
	}

	bool copy_within(item &place, size_t first, const binding *outer)
	{
		item source;
		bool found = false;

		walker_.walk(place, op_.from, first, op_.from.size(), outer,
					 [&](item &it, const binding *) {
						 source = tree::share(it);
						 found = true;
						 return false;
					 });
		return found && put(op_.path, first, walker_, tree_, place, outer, source);
	}

	bool move_within(item &place, size_t first, const binding *outer)
	{
		origin from;
		const size_t last = op_.from.size() - 1;

		walker_.walk(place, op_.from, first, last, outer, [&](item &parent, const binding *inner) {
			return take_from(parent, inner, [&](const origin &o, const binding *) { from = o; });
		});
		if (from.container == nullptr)
			return false;
		if (put(op_.path, first, walker_, tree_, place, outer, from.taken))
			return true;
		put_back(tree_, from);
		return false;
	}

	/* Take what the last step of from leads to, and give it to keep; true if there is any. */
	template <typename Keep>
	bool take_from(item &parent, const binding *outer, Keep keep)
	{
		const size_t last = op_.from.size() - 1;
		node *const n = tree_.open(parent);

		if (n == nullptr)
			return walker_.no_container(parent, op_.from, last, outer);
		if (op_.from[last].star)
			return take_all(*n, outer, keep);

		const uint32_t i = locate(*n, op_.from[last]);

		if (i == nowhere)
			return walker_.absent(*n, op_.from, last, outer);
		keep(take(*n, i), outer);
		return true;
	}

	template <typename Keep>
	bool take_all(node &n, const binding *outer, Keep keep)
	{
		const uint32_t count = n.count;

		for (uint32_t i = 0; i < count; i++)
		{
			const binding here{outer, &n, i};

			if (i % 1024 == 1023)
				tree_.process().check();
			keep({&n, i, n.items[i]}, &here);
		}
		tree::clear(n);
		return count > 0;
	}

	/* A value that was taken, and the tokens that its stars stood for, in order. */
	struct bound_value
	{
		origin from;
		std::vector<std::string> tokens;
	};

	bound_value bind(const origin &from, const binding *innermost) const
	{
		bound_value bound{from, {}};

		if (op_.common == op_.path.size() && op_.path.back().star && !innermost->in->object)
			fail_insertion(walker_, op_.path, innermost);
		for (const binding *b = innermost; b != nullptr; b = b->outer)
			bound.tokens.push_back(b->token());
		std::reverse(bound.tokens.begin(), bound.tokens.end());
		return bound;
	}

	/* A pointer, its stars replaced by tokens. */
	static steps bound_steps(const steps &pointer, const std::vector<std::string> &tokens)
	{
		steps bound = pointer;
		size_t next = 0;

		for (step &s : bound)
		{
			s.passing = true;
			if (!s.star)
				continue;
			s.name = tokens[next++];
			s.index = array_index(s.name);
			s.star = false;
		}
		return bound;
	}

	/* Stars that from and path do not share: first take every value, then put each in its place. */
	bool transfer_bound(item &root)
	{
		const std::vector<bound_value> values =
			op_.code == opcode::copy || is_same_place() ? share_bound(root) : take_bound(root);

		if (op_.code == opcode::move && is_same_place())
			return false;
		for (const bound_value &v : values)
		{
			const steps path = bound_steps(op_.path, v.tokens);

			tree_.process().check();
			if (!put(path, 0, walker_, tree_, root, nullptr, v.from.taken) && v.from.container)
				put_back_bound(root, v, path);
		}
		return !values.empty();
	}

	[[nodiscard]] bool is_same_place() const
	{
		return op_.common == op_.from.size() && op_.common == op_.path.size();
	}

	std::vector<bound_value> share_bound(item &root)
	{
		std::vector<bound_value> values;

		walker_.walk(root, op_.from, 0, op_.from.size(), nullptr, [&](item &it, const binding *b) {
			values.push_back(bind({nullptr, 0, tree::share(it)}, b));
			return false;
		});
		return values;
	}

	std::vector<bound_value> take_bound(item &root)
	{
		std::vector<bound_value> values;

		walker_.walk(root, op_.from, 0, op_.from.size() - 1, nullptr,
					 [&](item &parent, const binding *b) {
						 return take_from(parent, b, [&](const origin &from, const binding *inner) {
							 values.push_back(bind(from, inner));
						 });
					 });
		return values;
	}

	/* The new place is missing; so may be the old one, where a value before this one went to. */
	void put_back_bound(item &root, const bound_value &v, const steps &path)
	{
		const steps old_path = bound_steps(op_.from, v.tokens);
		bool found = false;

		walker_.walk(root, old_path, 0, old_path.size() - 1, nullptr,
					 [&](item &parent, const binding *) {
						 found = tree_.open(parent) == v.from.container;
						 return false;
					 });
		if (!found)
			walker_.fail("2203A", "another value of this move took the place that it came from",
						 path, nullptr, "Move the values by several operations.");
		put_back(tree_, v.from);
	}

	const operation &op_;
	walker &walker_;
	tree &tree_;
};

} // namespace

bool
put_into(node &n, const steps &pointer, walker &w, tree &document, const binding *outer,
		 const item &v)
{
	const step &last = pointer.back();

	if (last.star)
		return replace_all(n, pointer, w, outer, v);
	if (n.object)
	{
		item named = v;

		named.set_name(last.passing ? document.keep(last.name) : last.name);
		last.near = document.set_member(n, named, last.near);
		return true;
	}

	const long i = last.name == "-" ? static_cast<long>(n.count) : last.index;

	if (i < 0 || i > static_cast<long>(n.count))
		return w.absent(n, pointer, pointer.size() - 1, outer);
	document.insert(n, static_cast<uint32_t>(i), v);
	return true;
}

bool
put(const steps &pointer, size_t first, walker &w, tree &document, item &place,
	const binding *outer, const item &v)
{
	if (first == pointer.size())
	{
		place.set(v);
		return true;
	}

	const size_t last = pointer.size() - 1;

	return w.walk(place, pointer, first, last, outer, [&](item &parent, const binding *inner) {
		node *const n = document.open(parent);

		return n == nullptr ? w.no_container(parent, pointer, last, inner)
							: put_into(*n, pointer, w, document, inner, v);
	});
}

bool
transfer(const operation &op, walker &w, tree &document, item &place, size_t first,
		 const binding *outer)
{
	return mover(op, w, document).apply(place, first, outer);
}

} // namespace migsafe::jsonb
