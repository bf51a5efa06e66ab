#include "jsonb/diff.hpp"

#include "jsonb/edit_list.hpp"
#include "jsonb/element_order.hpp"
#include "jsonb/text.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

class differ
{
public:
	explicit differ(tree &memory) : tree_(memory) {}

	void compare(const value &before, const value &after)
	{
		if (same_image(before, after))
			return;
		tree_.process().check();
		if (before.is_container() && before.is_object() == after.is_object() &&
			after.is_container())
			compare_containers(before, after);
		else
			edits.replace(pointer_, after);
	}

	edit_list edits;

private:
	/* Member by member or element by element, unless it is shorter to replace the whole. */
	void compare_containers(const value &before, const value &after)
	{
		const edit_list::mark start = edits.begin_part(pointer_, after);
		const bool expressible =
			before.is_object() ? compare_objects(before, after) : compare_arrays(before, after);

		if (edits.end_part(start) || !expressible)
			edits.replace_part(start, pointer_, after);
	}

	/* False if a member has to be named that a pointer with stars could not name. */
	bool compare_objects(const value &before, const value &after)
	{
		cursor old_members(before), new_members(after);
		bool is_old = old_members.next(), is_new = new_members.next();

		while ((is_old || is_new) && !edits.too_long())
		{
			const int order = !is_old   ? 1
							  : !is_new ? -1
										: compare_keys(old_members.key(), new_members.key());
			const std::string_view key = order <= 0 ? old_members.key() : new_members.key();

			if (!compare_member(key, order <= 0 ? &old_members.current() : nullptr,
								order >= 0 ? &new_members.current() : nullptr))
				return false;
			if (order <= 0)
				is_old = old_members.next();
			if (order >= 0)
				is_new = new_members.next();
		}
		return true;
	}

	bool compare_member(std::string_view key, const value *before, const value *after)
	{
		if (before && after && same_image(*before, *after))
			return true;
		if (key == "*")
			return false;
		below(escape_token(key), [=, this] {
			if (before && after)
				compare(*before, *after);
			else if (before)
				edits.remove(pointer_, *before);
			else
				edits.add(pointer_, *after);
		});
		return true;
	}

	template <typename Fn>
	void below(const std::string &token, Fn fn)
	{
		const size_t size = pointer_.size();

		pointer_ += "/" + token;
		fn();
		pointer_.resize(size);
	}

	bool compare_arrays(const value &before, const value &after)
	{
		element_order order(before, after, tree_.process());

		if (order.shifts())
			edits.begin_shifting();
		while (order.next() && !edits.too_long())
			below(std::to_string(order.index()), [&, this] { edit_element(order); });
		if (order.shifts())
			edits.end_shifting();
		return true;
	}

	void edit_element(const element_order &order)
	{
		switch (order.step())
		{
			case element_order::kind::compare:
				compare(order.before(), order.after());
				break;
			case element_order::kind::move:
				edits.move(pointer_.substr(0, pointer_.rfind('/') + 1) +
							   std::to_string(order.from()),
						   pointer_);
				break;
			case element_order::kind::remove:
				edits.remove(pointer_, order.before());
				break;
			case element_order::kind::add:
				edits.add(pointer_, order.after());
				break;
		}
	}

	tree &tree_;
	std::string pointer_;
};

} // namespace

item
diff(tree &memory, const value &before, const value &after)
{
	differ d(memory);

	d.compare(before, after);
	return d.edits.as_patch(memory);
}

} // namespace migsafe::jsonb
