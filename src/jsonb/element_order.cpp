#include "jsonb/element_order.hpp"

namespace migsafe::jsonb {
namespace {

std::vector<value>
elements_of(const value &array)
{
	std::vector<value> elements;
	cursor items(array);

	elements.reserve(items.parts().count());
	while (items.next())
		elements.push_back(items.current());
	return elements;
}

} // namespace

element_order::element_order(const value &before, const value &after, const host &process)
	: before_(elements_of(before)), after_(elements_of(after)),
	  alignment_(align(before_, after_, process)), is_moved_(before_.size()),
	  moves_so_far_(before_.size() + 1)
{
	for (const alignment::match &m : alignment_.moved)
		is_moved_[m.before] = true;
	find_shifts();
}

void
element_order::find_shifts()
{
	shifts_ = alignment_.put_back || !alignment_.moved.empty() || before_.size() != after_.size();
	for (const alignment::match &m : alignment_.kept)
		shifts_ = shifts_ || m.before != m.after;
}

/* How many of the old elements before this one have gone to the front. */
uint32_t
element_order::moved_before(uint32_t old) const
{
	uint32_t sum = 0;

	for (uint32_t i = old; i > 0; i -= i & -i)
		sum += moves_so_far_[i];
	return sum;
}

void
element_order::count_move(uint32_t old)
{
	for (uint32_t i = old + 1; i < moves_so_far_.size(); i += i & -i)
		moves_so_far_[i]++;
}

void
element_order::skip_moved()
{
	while (old_ < before_.size() && is_moved_[old_])
		old_++;
}

bool
element_order::next()
{
	if (alignment_.put_back)
		return next_put_back();
	for (;;)
	{
		skip_moved();

		const bool at_end = next_kept_ == alignment_.kept.size();
		const uint32_t old_end =
			at_end ? static_cast<uint32_t>(before_.size()) : alignment_.kept[next_kept_].before;
		const uint32_t new_end =
			at_end ? static_cast<uint32_t>(after_.size()) : alignment_.kept[next_kept_].after;

		if (old_ < old_end || new_ < new_end)
			return next_in_gap(old_end, new_end);
		if (at_end)
			return false;
		next_kept_++;
		old_++;
		new_++;
	}
}

/* The only step there is then. */
bool
element_order::next_put_back()
{
	if (step_ == kind::move)
		return false;
	step_ = kind::move;
	from_ = alignment_.put_back->before;
	index_ = alignment_.put_back->after;
	return true;
}

/* What lies between two elements that keep their order. */
bool
element_order::next_in_gap(uint32_t old_end, uint32_t new_end)
{
	index_ = new_;
	if (new_ < new_end && next_moved_ < alignment_.moved.size() &&
		alignment_.moved[next_moved_].after == new_)
	{
		const uint32_t source = alignment_.moved[next_moved_++].before;

		step_ = kind::move;
		from_ = new_ + (source - moved_before(source)) - (old_ - moved_before(old_));
		count_move(source);
		new_++;
	}
	else if (old_ < old_end && new_ < new_end)
	{
		step_ = kind::compare;
		old_++;
		new_++;
	}
	else if (old_ < old_end)
	{
		step_ = kind::remove;
		old_++;
	}
	else
	{
		step_ = kind::add;
		new_++;
	}
	return true;
}

} // namespace migsafe::jsonb
