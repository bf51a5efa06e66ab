#include "jsonb/alignment.hpp"

#include <algorithm>
#include <functional>

namespace migsafe::jsonb {
namespace {

using match = alignment::match;
using values = std::vector<value>;

/* As far as a gap is searched exhaustively: the product of its sides. */
constexpr size_t small_gap = 4096;

struct gap
{
	uint32_t before, before_end, after, after_end;

	[[nodiscard]] bool empty() const { return before == before_end || after == after_end; }
};

size_t
hash_of(const value &v)
{
	return std::hash<std::string_view>()(v.bytes()) * 8 + (v.type >> 28);
}

class aligner
{
public:
	aligner(const values &before, const values &after, const host &process)
		: before_(before), after_(after), process_(process)
	{
	}

	alignment align()
	{
		gap whole{0, static_cast<uint32_t>(before_.size()), 0,
				  static_cast<uint32_t>(after_.size())};

		const std::vector<match> tail = trim(whole);

		if (is_rotated(whole))
		{
			result_.put_back = match{whole.before, whole.after_end - 1};
			return std::move(result_);
		}
		align_by_anchors(whole);
		result_.kept.insert(result_.kept.end(), tail.begin(), tail.end());
		keep_forward_moves();
		return std::move(result_);
	}

private:
	[[nodiscard]] bool same(uint32_t i, uint32_t j) const
	{
		return same_image(before_[i], after_[j]);
	}

	/* Does the first element go to the end, and nothing else happen? */
	[[nodiscard]] bool is_rotated(const gap &g) const
	{
		const uint32_t size = g.before_end - g.before;

		if (g.empty() || size != g.after_end - g.after || !same(g.before, g.after_end - 1))
			return false;
		for (uint32_t i = 1; i < size; i++)
		{
			if (!same(g.before + i, g.after + i - 1))
				return false;
		}
		return true;
	}

	/* Keep equal elements at the beginning of a gap, and return those at its end. */
	std::vector<match> trim(gap &g)
	{
		std::vector<match> tail;

		while (!g.empty() && same(g.before, g.after))
			result_.kept.push_back({g.before++, g.after++});
		while (!g.empty() && same(g.before_end - 1, g.after_end - 1))
			tail.push_back({--g.before_end, --g.after_end});
		std::reverse(tail.begin(), tail.end());
		return tail;
	}

	void align_by_anchors(const gap &whole)
	{
		gap rest = whole;

		process_.check();
		unique_ = unique_pairs(whole);
		for (const match &anchor : longest_ascending(unique_))
		{
			align_gap({rest.before, anchor.before, rest.after, anchor.after});
			result_.kept.push_back(anchor);
			rest.before = anchor.before + 1;
			rest.after = anchor.after + 1;
		}
		align_gap(rest);
	}

	void align_gap(gap g)
	{
		const std::vector<match> tail = trim(g);

		process_.check();
		if (size_t{g.before_end - g.before} * (g.after_end - g.after) <= small_gap)
			align_exhaustively(g);
		result_.kept.insert(result_.kept.end(), tail.begin(), tail.end());
	}

	/* A longest common subsequence, by the textbook's table. */
	void align_exhaustively(const gap &g)
	{
		const uint32_t rows = g.before_end - g.before, columns = g.after_end - g.after;
		std::vector<uint16_t> length(size_t{rows + 1} * (columns + 1));
		const auto at = [&](uint32_t i, uint32_t j) -> uint16_t & {
			return length[size_t{i} * (columns + 1) + j];
		};

		for (uint32_t i = rows; i-- > 0;)
		{
			for (uint32_t j = columns; j-- > 0;)
				at(i, j) = same(g.before + i, g.after + j)
							   ? static_cast<uint16_t>(at(i + 1, j + 1) + 1)
							   : std::max(at(i + 1, j), at(i, j + 1));
		}
		for (uint32_t i = 0, j = 0; i < rows && j < columns;)
		{
			if (same(g.before + i, g.after + j))
				result_.kept.push_back({g.before + i++, g.after + j++});
			else if (at(i + 1, j) >= at(i, j + 1))
				i++;
			else
				j++;
		}
	}

	/* Elements that occur once on either side, ascending in after. */
	[[nodiscard]] std::vector<match> unique_pairs(const gap &g) const
	{
		struct occurrence
		{
			size_t hash;
			uint32_t side, at;

			bool operator<(const occurrence &o) const
			{
				return hash != o.hash ? hash < o.hash : side < o.side;
			}
		};
		std::vector<occurrence> all;
		std::vector<match> pairs;

		for (uint32_t i = g.before; i < g.before_end; i++)
			all.push_back({hash_of(before_[i]), 0, i});
		for (uint32_t j = g.after; j < g.after_end; j++)
			all.push_back({hash_of(after_[j]), 1, j});
		std::sort(all.begin(), all.end());
		for (size_t k = 0, end = 0; k < all.size(); k = end)
		{
			while (end < all.size() && all[end].hash == all[k].hash)
				end++;
			if (end - k == 2 && all[k].side != all[k + 1].side && same(all[k].at, all[k + 1].at))
				pairs.push_back({all[k].at, all[k + 1].at});
		}
		std::sort(pairs.begin(), pairs.end(),
				  [](const match &a, const match &b) { return a.after < b.after; });
		return pairs;
	}

	/* The longest subsequence that ascends in before, too. */
	static std::vector<match> longest_ascending(const std::vector<match> &pairs)
	{
		std::vector<size_t> ends, previous(pairs.size());
		std::vector<match> run;

		for (size_t k = 0; k < pairs.size(); k++)
		{
			const auto place = std::lower_bound(
				ends.begin(), ends.end(), pairs[k].before,
				[&](size_t end, uint32_t wanted) { return pairs[end].before < wanted; });

			previous[k] = place == ends.begin() ? pairs.size() : *(place - 1);
			if (place == ends.end())
				ends.push_back(k);
			else
				*place = k;
		}
		for (size_t k = ends.empty() ? pairs.size() : ends.back(); k < pairs.size();
			 k = previous[k])
			run.push_back(pairs[k]);
		std::reverse(run.begin(), run.end());
		return run;
	}

	/* Of the pairs that are not kept, those that go past a kept one towards the front. */
	void keep_forward_moves()
	{
		auto next = result_.kept.begin();

		for (const match &pair : unique_)
		{
			while (next != result_.kept.end() && next->after < pair.after)
				++next;
			if (next != result_.kept.end() && next->after != pair.after &&
				next->before < pair.before)
				result_.moved.push_back(pair);
		}
	}

	const values &before_;
	const values &after_;
	const host &process_;
	std::vector<match> unique_;
	alignment result_;
};

} // namespace

alignment
align(const values &before, const values &after, const host &process)
{
	return aligner(before, after, process).align();
}

} // namespace migsafe::jsonb
