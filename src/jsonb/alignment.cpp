#include "jsonb/alignment.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>

namespace migsafe::jsonb {
namespace {

using match = alignment::match;
using values = std::vector<value>;

/* As many insertions and removals are looked for between two anchors. */
constexpr int32_t most_edits = 128;

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

		align_by_edits(g);
		result_.kept.insert(result_.kept.end(), tail.begin(), tail.end());
	}

	/*
	 * How far each diagonal gets with so many edits, for Myers' algorithm ("An
	 * O(ND) Difference Algorithm and Its Variations", section 4).
	 */
	using furthest = std::array<int32_t, 2 * most_edits + 3>;

	/* By the shortest script of insertions and removals, if it is short enough. */
	void align_by_edits(const gap &g)
	{
		const auto rows = static_cast<int32_t>(g.before_end - g.before);
		const auto columns = static_cast<int32_t>(g.after_end - g.after);
		std::vector<furthest> steps;

		if (g.empty() || std::abs(rows - columns) > most_edits)
			return;
		for (int32_t edits = 0; edits <= most_edits; edits++)
		{
			process_.check();
			steps.push_back(steps.empty() ? furthest{} : steps.back());
			if (advance(g, steps.back(), edits, rows, columns))
			{
				keep_path(g, steps, rows, columns);
				return;
			}
		}
	}

	static constexpr int32_t middle = most_edits + 1; /* of furthest */

	/* Is the next edit that comes to a diagonal an insertion, and not a removal? */
	static bool inserts(const furthest &reached, int32_t diagonal, int32_t edits)
	{
		return diagonal == -edits || (diagonal != edits && reached[middle + diagonal - 1] <
															   reached[middle + diagonal + 1]);
	}

	/* The row at which it comes there. */
	static int32_t row_after_edit(const furthest &reached, int32_t diagonal, int32_t edits)
	{
		return inserts(reached, diagonal, edits) ? reached[middle + diagonal + 1]
												 : reached[middle + diagonal - 1] + 1;
	}

	/* One more edit on every diagonal; true if the end is reached. */
	bool advance(const gap &g, furthest &reached, int32_t edits, int32_t rows,
				 int32_t columns) const
	{
		for (int32_t diagonal = -edits; diagonal <= edits; diagonal += 2)
		{
			int32_t row = row_after_edit(reached, diagonal, edits);

			while (row < rows && row - diagonal < columns && row - diagonal >= 0 &&
				   same(g.before + static_cast<uint32_t>(row),
						g.after + static_cast<uint32_t>(row - diagonal)))
				row++;
			reached[middle + diagonal] = row;
			if (diagonal == rows - columns && row >= rows)
				return true;
		}
		return false;
	}

	/* Back from the end: what was passed diagonally is kept. */
	void keep_path(const gap &g, const std::vector<furthest> &steps, int32_t row, int32_t column)
	{
		std::vector<match> path;

		const auto keep_down_to = [&](int32_t start) {
			for (; row > start; row--, column--)
				path.push_back({g.before + static_cast<uint32_t>(row) - 1,
								g.after + static_cast<uint32_t>(column) - 1});
		};

		for (auto edits = static_cast<int32_t>(steps.size()) - 1; edits > 0; edits--)
		{
			const furthest &reached = steps[static_cast<size_t>(edits) - 1];
			const int32_t diagonal = row - column;

			keep_down_to(row_after_edit(reached, diagonal, edits));
			(inserts(reached, diagonal, edits) ? column : row)--;
		}
		keep_down_to(0);
		result_.kept.insert(result_.kept.end(), path.rbegin(), path.rend());
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
