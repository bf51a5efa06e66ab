#include "jsonb/tree.hpp"

#include "jsonb/equality.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

constexpr uint32_t spare_items = 4;

} // namespace

const char *
type_name(const item &it)
{
	return it.is_opened() ? it.opened_as->type_name() : it.raw().type_name();
}

node *
tree::make(bool object, uint32_t capacity)
{
	node *const n = new (memory_.allocate(sizeof(node))) node;

	n->items = memory_.array<item>(capacity);
	n->capacity = capacity;
	n->object = object;
	n->changed = true;
	return n;
}

node *
tree::read(const value &v)
{
	const container parts(v);
	const uint32_t count = parts.count();
	node *const n = make(parts.is_object(), count + spare_items);
	item *const items = n->items;
	uint32_t offset = 0, values = 0;

	process_.check();
	if (parts.is_object())
	{
		for (uint32_t i = 0; i < count; i++)
		{
			const uint32_t entry = parts.entry(i);
			const uint32_t end = parts.end_of(entry, offset);

			items[i].set_name(parts.key_at(entry, offset, end));
			offset = end;
		}
		values = count;
	}
	for (uint32_t i = 0; i < count; i++)
	{
		const uint32_t entry = parts.entry(values + i);
		const uint32_t end = parts.end_of(entry, offset);

		items[i].set(item(parts.value_at(entry, offset, end)));
		offset = end;
	}
	n->count = count;
	n->changed = false;
	n->same_keys = true;
	n->source = v;
	return n;
}

/* One level; what is opened below stands in two places now. */
node *
tree::copy(const node &n)
{
	node *const twin = make(n.object, n.count + spare_items);
	item *const items = twin->items;

	twin->changed = n.changed;
	twin->same_keys = n.same_keys;
	twin->source = n.source;
	twin->count = n.count;
	std::copy_n(n.items, n.count, items);
	for (uint32_t i = 0; i < n.count; i++)
	{
		if (items[i].is_opened())
			items[i].opened_as->shared = true;
	}
	return twin;
}

node *
tree::open_slowly(item &it)
{
	const uint32_t origin = it.origin;
	node *n = nullptr;

	if (it.is_opened())
	{
		n = it.opened_as;
		if (n->folded)
			unfold(*n);
		if (n->shared)
			n = copy(*n);
	}
	else if (it.type() == format::type_container)
	{
		n = read(it.raw());
		if (recording_)
			recording_->opened(origin, *n);
	}
	else if (recording_)
		recording_->no_container(origin);
	if (n)
	{
		it.set(item(n));
		it.origin = origin;
	}
	return n;
}

item
tree::made_from(const recipe::ingredient &from, const recipe::fitted &match)
{
	if (from.what != recipe::kind::part)
		return item(match.value_of(from));

	const recipe::part &part = match.by->part_at(from.number);
	node *const n = new (memory_.allocate(sizeof(node))) node;

	n->count = static_cast<uint32_t>(part.items.size());
	n->object = part.object;
	n->changed = true;
	n->folded = &match;
	n->folded_part = &part;
	return item(n);
}

item
tree::fold(const recipe::fitted &match)
{
	return made_from(match.by->result(), match);
}

void
tree::unfold(node &n)
{
	const recipe::part &part = *n.folded_part;
	const char *key = part.keys.data();

	process_.check();
	n.capacity = n.count + spare_items;
	n.items = memory_.array<item>(n.capacity);
	for (uint32_t i = 0; i < n.count; i++)
	{
		n.items[i] = made_from(part.items[i], *n.folded);
		if (n.object)
		{
			n.items[i].set_name({key, part.key_lengths[i]});
			key += part.key_lengths[i];
		}
	}
	n.folded = nullptr;
}

uint32_t
tree::place_for(const node &object, std::string_view name, uint32_t near)
{
	const item *const items = object.items;

	if (near <= object.count && (near == 0 || compare_keys(items[near - 1].name(), name) < 0) &&
		(near == object.count || compare_keys(items[near].name(), name) >= 0))
		return near;
	return static_cast<uint32_t>(std::lower_bound(items, items + object.count, name,
												  [](const item &it, std::string_view wanted) {
													  return compare_keys(it.name(), wanted) < 0;
												  }) -
								 items);
}

uint32_t
tree::find(const node &object, std::string_view name, uint32_t near)
{
	if (near < object.count && object.items[near].name() == name)
		return near;

	const uint32_t i = place_for(object, name, nowhere);

	return i < object.count && object.items[i].name() == name ? i : nowhere;
}

void
tree::grow(node &n)
{
	const uint32_t capacity = n.capacity * 2 + spare_items;
	item *const items = memory_.array<item>(capacity);

	std::copy_n(n.items, n.count, items);
	n.items = items;
	n.capacity = capacity;
}

void
tree::insert(node &n, uint32_t i, const item &it)
{
	if (n.count == n.capacity)
		grow(n);
	std::move_backward(n.items + i, n.items + n.count, n.items + n.count + 1);
	n.items[i] = it;
	n.count++;
	n.changed = true;
	n.same_keys = false;
}

uint32_t
tree::set_member(node &object, const item &it, uint32_t near)
{
	const uint32_t i = place_for(object, it.name(), near);

	if (i < object.count && object.items[i].name() == it.name())
		object.items[i].set(it);
	else
		insert(object, i, it);
	object.changed = true;
	return i;
}

void
tree::erase(node &n, uint32_t i)
{
	std::move(n.items + i + 1, n.items + n.count, n.items + i);
	n.count--;
	n.changed = true;
	n.same_keys = false;
}

void
tree::clear(node &n)
{
	n.changed |= n.count > 0;
	n.same_keys = false;
	n.count = 0;
}

std::string_view
tree::keep(std::string_view name)
{
	char *const copy = memory_.array<char>(name.size());

	std::copy(name.begin(), name.end(), copy);
	return {copy, name.size()};
}

item
tree::share(const item &it)
{
	if (it.is_opened())
		it.opened_as->shared = true;
	return it;
}

bool
tree::equal(const item &it, const value &v)
{
	if (!it.is_opened())
		return equal_values(it.raw(), v, process_);

	node &n = *it.opened_as;

	if (n.folded)
		unfold(n);
	if (!n.changed)
		return equal_values(n.source, v, process_);
	process_.check();
	if (!v.is_container())
		return false;

	cursor other(v);

	if (other.parts().is_object() != n.object || other.parts().count() != n.count)
		return false;
	for (uint32_t i = 0; i < n.count; i++)
	{
		other.next();
		if ((n.object && other.key() != n.items[i].name()) || !equal(n.items[i], other.current()))
			return false;
	}
	return true;
}

} // namespace migsafe::jsonb
