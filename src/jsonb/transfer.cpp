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

			keep({&n, i, n.items[i]}, &here);
		}
		tree::clear(n);
		return count > 0;
	}

	/* A value, and the path that it goes to, without stars. */
	struct bound_value
	{
		origin from;
		steps path;
	};

	/* The path, its stars replaced by what those of from stand for. */
	steps bind(const binding *innermost) const
	{
		steps path = op_.path;

		if (op_.common == path.size() && path.back().star && !innermost->in->object)
			fail_insertion(walker_, path, innermost);
		for (auto s = path.rbegin(); s != path.rend(); ++s)
		{
			s->passing = true;
			if (!s->star)
				continue;
			s->name = innermost->token();
			s->index = array_index(s->name);
			s->star = false;
			innermost = innermost->outer;
		}
		return path;
	}

	/* Stars that from and path do not share: first take every value, then put each in its place. */
	bool transfer_bound(item &root)
	{
		std::vector<bound_value> values;

		if (op_.code == opcode::copy || is_same_place())
			share_bound(root, values);
		else
			take_bound(root, values);
		if (op_.code == opcode::move && is_same_place())
			return false;
		if (op_.optional)
			give_back_homeless(root, values);

		/* an earlier value may have taken the place of what a later one was to go into */
		operation strict = op_;
		walker w(strict, walker_.subject(), tree_);

		strict.optional = false;
		for (const bound_value &v : values)
		{
			tree_.process().check();
			put(v.path, 0, w, tree_, root, nullptr, v.from.taken);
		}
		return !values.empty();
	}

	[[nodiscard]] bool is_same_place() const
	{
		return op_.common == op_.from.size() && op_.common == op_.path.size();
	}

	void share_bound(item &root, std::vector<bound_value> &values)
	{
		walker_.walk(root, op_.from, 0, op_.from.size(), nullptr, [&](item &it, const binding *b) {
			values.push_back({{nullptr, 0, tree::share(it)}, bind(b)});
			return false;
		});
	}

	void take_bound(item &root, std::vector<bound_value> &values)
	{
		walker_.walk(root, op_.from, 0, op_.from.size() - 1, nullptr,
					 [&](item &parent, const binding *b) {
						 return take_from(parent, b, [&](const origin &from, const binding *inner) {
							 values.push_back({from, bind(inner)});
						 });
					 });
	}

	/* Values whose path leads nowhere stay where they were. */
	void give_back_homeless(item &root, std::vector<bound_value> &values)
	{
		const auto homeless = [&](const bound_value &v) {
			bool found = false;

			walker_.walk(root, v.path, 0, v.path.size() - 1, nullptr,
						 [&](item &parent, const binding *) {
							 found = tree_.open(parent) != nullptr;
							 return false;
						 });
			if (!found && v.from.container)
				put_back(tree_, v.from);
			return !found;
		};

		values.erase(std::remove_if(values.begin(), values.end(), homeless), values.end());
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
