/*
 * endless.cpp
 *		References that lead back to a schema without going on to another value.
 */
#include "pg/failure.hpp"
#include "schema/compiler.hpp"

namespace migsafe::schema {
namespace {

using nodes = std::vector<const node *>;

/* What is tested against the same value whenever the node is, and whatever the value is. */
nodes
always_tested(const node &n)
{
	nodes list;

	if (!n.in_place)
		return list;

	const in_place_rules &rules = *n.in_place;

	for (const reference &r : rules.references)
	{
		if (r.dynamic_name < 0)
			list.push_back(r.target);
	}
	list.insert(list.end(), rules.all_of.begin(), rules.all_of.end());
	list.insert(list.end(), rules.one_of.begin(), rules.one_of.end());
	if (!rules.any_of.empty())
		list.push_back(rules.any_of.front());
	for (const node *one : {rules.negation, rules.condition})
	{
		if (one != nullptr)
			list.push_back(one);
	}
	return list;
}

/* Depth first, with a stack of its own: schemas may be deeper than the process's. */
class search
{
public:
	explicit search(const program &compiled)
	{
		for (const node &n : compiled.nodes)
			states_.emplace(&n, state{states_.size()});
	}

	/* The number of a node on a circle that can be reached from this one, or -1. */
	long circle_from(const node &start)
	{
		enter(start);
		while (!way_.empty())
		{
			step &last = way_.back();

			if (last.next == last.to.size())
			{
				states_.at(last.at).on_way = false;
				way_.pop_back();
				continue;
			}

			const node &next = *last.to[last.next++];
			const state &found = states_.at(&next);

			if (found.on_way)
				return static_cast<long>(found.number);
			if (!found.seen)
				enter(next);
		}
		return -1;
	}

private:
	struct state
	{
		size_t number;
		bool seen = false, on_way = false;
	};
	struct step
	{
		const node *at;
		nodes to;
		size_t next = 0;
	};

	void enter(const node &n)
	{
		state &s = states_.at(&n);

		if (s.seen)
			return;
		s.seen = s.on_way = true;
		way_.push_back({&n, always_tested(n)});
	}

	std::unordered_map<const node *, state> states_;
	std::vector<step> way_;
};

} // namespace

void
refuse_endless_references(const program &compiled, const std::vector<place> &places)
{
	search circles(compiled);

	for (const node &n : compiled.nodes)
	{
		const long number = circles.circle_from(n);

		if (number >= 0)
			throw failure(sqlstate("22023"), "invalid JSON Schema: it refers to itself without end")
				.detail("To test a value against the schema at " +
						places[static_cast<size_t>(number)].text() +
						", the same value would have to be tested against it first.")
				.hint(
					"Refer to it from below properties or items, where it meets a smaller value.");
	}
}

} // namespace migsafe::schema
