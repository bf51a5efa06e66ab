/*
 * edit_list.hpp
 *		The operations of a patch in the making.
 */
#pragma once

#include "jsonb/tree.hpp"

#include <string>
#include <vector>

namespace migsafe::jsonb {

/*
 * Edits are counted by the bytes that they take in a patch.  Those below one
 * place are given up for a replacement of the whole when that is much shorter, so
 * that no list grows far beyond the size of the document that it leads to.
 */
class edit_list
{
public:
	void add(const std::string &path, const value &v);
	void remove(const std::string &path, const value &v);
	void replace(const std::string &path, const value &v);
	void move(const std::string &from, const std::string &path);

	/* Between these, indexes of an array change: nothing is moved into or out of it. */
	void begin_shifting() { shifting_++; }
	void end_shifting() { shifting_--; }

	/* The state of the list before the edits below one place. */
	struct mark
	{
		size_t edits;
		size_t cost, limit;
		size_t outer_limit;
	};

	mark begin_part(const std::string &path, const value &after);
	/* True if the edits since then are much longer than a replacement. */
	bool end_part(const mark &start);
	void replace_part(const mark &start, const std::string &path, const value &after);

	/* Some part that is not ended yet had better be replaced. */
	[[nodiscard]] bool too_long() const { return cost_ > limit_; }

	/* The list as a patch; what is removed here and added there is moved. */
	item as_patch(tree &memory);

private:
	enum class kind { add, remove, replace, move, none };

	struct edit
	{
		kind what;
		bool fixed; /* no index on the way changes */
		std::string from, path;
		value v; /* added, put in place, or removed */
	};

	void append(kind what, const std::string &from, const std::string &path, const value &v,
				size_t size);
	void find_moves();
	static item as_item(const edit &e, tree &memory);

	std::vector<edit> edits_;
	size_t cost_ = 0, limit_ = ~size_t{0};
	int shifting_ = 0;
};

} // namespace migsafe::jsonb
