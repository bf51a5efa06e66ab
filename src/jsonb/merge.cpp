#include "jsonb/merge.hpp"

#include "jsonb/text.hpp"

#include <array>
#include <memory>

namespace migsafe::jsonb {
namespace {

using place = std::optional<value>; /* nothing: there is no value */

bool
same(const place &a, const place &b)
{
	return a.has_value() == b.has_value() && (!a || same_image(*a, *b));
}

/* Three objects, member by member in the order of keys. */
class joined_members
{
public:
	joined_members(const place &base, const value &mine, const value &theirs)
		: cursors_{cursor(base ? *base : mine), cursor(mine), cursor(theirs)}
	{
		for (size_t i = 0; i < cursors_.size(); i++)
			present_[i] = (i != 0 || base) && cursors_[i].next();
	}

	/* The next key that any of them has; false at the end. */
	bool next()
	{
		const cursor *least = nullptr;

		for (size_t i = 0; i < cursors_.size(); i++)
		{
			if (present_[i] && (!least || compare_keys(cursors_[i].key(), least->key()) < 0))
				least = &cursors_[i];
		}
		if (least == nullptr)
			return false;
		key = least->key();
		for (size_t i = 0; i < cursors_.size(); i++)
		{
			places[i].reset();
			if (present_[i] && cursors_[i].key() == key)
			{
				places[i] = cursors_[i].current();
				present_[i] = cursors_[i].next();
			}
		}
		return true;
	}

	std::string_view key;
	std::array<place, 3> places; /* base, mine, theirs */

private:
	std::array<cursor, 3> cursors_;
	std::array<bool, 3> present_{};
};

class merger
{
public:
	explicit merger(tree &memory) : tree_(memory) {}

	std::optional<item> merge(const place &base, const place &mine, const place &theirs)
	{
		tree_.process().check();
		if (same(mine, theirs) || same(base, theirs))
			return as_item(mine);
		if (same(base, mine))
			return as_item(theirs);
		if (mine && theirs && mine->is_object() && theirs->is_object() &&
			(!base || base->is_object()))
			return merge_objects(base, *mine, *theirs);
		if (base && mine && theirs && have_same_length(*base, *mine, *theirs))
			return merge_arrays(*base, *mine, *theirs);
		conflicts.push_back(pointer_);
		return as_item(mine);
	}

	std::vector<std::string> conflicts;

private:
	static std::optional<item> as_item(const place &p)
	{
		return p ? std::optional(item(*p)) : std::nullopt;
	}

	static bool have_same_length(const value &base, const value &mine, const value &theirs)
	{
		return base.is_array() && mine.is_array() && theirs.is_array() &&
			   container(base).count() == container(mine).count() &&
			   container(base).count() == container(theirs).count();
	}

	/* Merge below a token of the pointer. */
	std::optional<item> merge_below(std::string_view token, const std::array<place, 3> &places)
	{
		const size_t size = pointer_.size();

		append_token(token);

		const auto merged = merge(places[0], places[1], places[2]);

		pointer_.resize(size);
		return merged;
	}

	void append_token(std::string_view token) { pointer_ += "/" + escape_token(token); }

	item merge_objects(const place &base, const value &mine, const value &theirs)
	{
		node *const merged = tree_.make(true, container(mine).count() + container(theirs).count());

		/* on the heap: there may be thousands of levels on the stack */
		const auto members = std::make_unique<joined_members>(base, mine, theirs);

		while (members->next())
		{
			auto member = merge_below(members->key, members->places);

			if (!member)
				continue;
			member->set_name(members->key);
			merged->items[merged->count++] = *member;
		}
		return item(merged);
	}

	item merge_arrays(const value &base, const value &mine, const value &theirs)
	{
		cursor b(base), m(mine), t(theirs);
		node *const merged = tree_.make(false, b.parts().count());

		while (b.next() && m.next() && t.next())
		{
			const std::string index = std::to_string(merged->count);

			merged->items[merged->count++] =
				*merge_below(index, {b.current(), m.current(), t.current()});
		}
		return item(merged);
	}

	tree &tree_;
	std::string pointer_;
};

} // namespace

merge_result
merge(tree &memory, const std::optional<value> &base, const std::optional<value> &mine,
	  const std::optional<value> &theirs)
{
	merger m(memory);
	merge_result result;

	result.merged = m.merge(base, mine, theirs);
	result.conflicts = std::move(m.conflicts);
	return result;
}

} // namespace migsafe::jsonb
