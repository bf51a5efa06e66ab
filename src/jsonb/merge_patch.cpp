#include "jsonb/merge_patch.hpp"

namespace migsafe::jsonb {
namespace {

/* The members of a patch joined with those of a target, both in the order of keys. */
class merger
{
public:
	merger(tree &document, node &target, const value &patch)
		: document_(document), old_(target), patch_(patch), merged_(target)
	{
		merged_.capacity = old_.count + patch_.parts().count();
		merged_.items = document.memory().array<item>(merged_.capacity);
		merged_.count = 0;
		merged_.same_keys = false;
	}

	/* True if something changed; then the target holds the result. */
	bool merge()
	{
		while (patch_.next())
		{
			keep_up_to(patch_.key());
			if (next_ < old_.count && old_.items[next_].name() == patch_.key())
				merge_into(old_.items[next_++]);
			else
				merge_new();
		}
		while (next_ < old_.count)
			keep(old_.items[next_++]);
		if (changed_)
			old_ = merged_;
		old_.changed |= changed_;
		return changed_;
	}

private:
	void keep(const item &it) { merged_.items[merged_.count++] = it; }

	void keep_up_to(std::string_view key)
	{
		while (next_ < old_.count && compare_keys(old_.items[next_].name(), key) < 0)
			keep(old_.items[next_++]);
	}

	void merge_into(item it)
	{
		if (patch_.current().type == format::type_null)
			changed_ = true;
		else
		{
			changed_ |= merge_patch(document_, it, patch_.current());
			keep(it);
		}
	}

	void merge_new()
	{
		item it;

		if (patch_.current().type == format::type_null)
			return;
		it.set_name(patch_.key());
		merge_patch(document_, it, patch_.current());
		keep(it);
		changed_ = true;
	}

	tree &document_;
	node &old_;
	cursor patch_;
	node merged_;
	uint32_t next_ = 0;
	bool changed_ = false;
};

} // namespace

bool
merge_patch(tree &document, item &root, const value &patch)
{
	document.process().check();
	if (!patch.is_object())
	{
		if (!root.is_opened() && same_image(root.raw(), patch))
			return false;
		root.set(item(patch));
		return true;
	}

	node *target = document.open(root);
	const bool replaced = target == nullptr || !target->object;

	if (replaced)
	{
		target = document.make(true, container(patch).count());
		root.set(item(target));
	}
	return merger(document, *target, patch).merge() || replaced;
}

} // namespace migsafe::jsonb
