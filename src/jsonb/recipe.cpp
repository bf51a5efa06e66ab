#include "jsonb/recipe.hpp"

#include "jsonb/cast.hpp"
#include "jsonb/equality.hpp"
#include "jsonb/tree.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

/* Larger values have too many shapes, and gain too little. */
constexpr uint32_t most_items = 256;
constexpr size_t most_key_bytes = size_t{16} * 1024;

void
append_word(std::string &bytes, uint32_t word)
{
	bytes.append(reinterpret_cast<const char *>(&word), sizeof(word));
}

/* The entry of the ith key of an object, of that length, which ends at that offset. */
uint32_t
key_entry(uint32_t i, size_t length, size_t end)
{
	return i % format::offset_stride == 0
			   ? format::type_string | static_cast<uint32_t>(end) | format::entry_has_offset
			   : format::type_string | static_cast<uint32_t>(length);
}

} // namespace

void
recording::opened(uint32_t origin, node &n)
{
	if (origin == 0)
		return;
	sources_.push_back({origin, next_, n.source});
	for (uint32_t i = 0; i < n.count; i++)
		n.items[i].origin = next_++;
}

void
recording::equal(const item &it, const value &other)
{
	const bool whole_node = !it.is_opened() || !it.opened_as->changed;

	if (whole_node && it.cast == scalar_type::none)
	{
		if (it.origin != 0)
			equal_.emplace_back(it.origin, other);
	}
	else if (it.cast != scalar_type::none || it.opened_as->count > 0)
		repeatable_ = false; /* put together of this and that */
}

void
recording::cast(item &it, scalar_type type)
{
	if (it.origin == 0 || it.cast != scalar_type::none)
		repeatable_ = false; /* a constant would have to be kept, or casts in a row */
	it.cast = type;
	casts_.emplace_back(it.origin, type);
}

std::optional<recipe>
recipe::of(const item &result, const recording &r)
{
	recipe made;

	if (r.next_ > most_items || !r.repeatable_)
		return std::nullopt;
	for (const recording::source &s : r.sources_)
		made.add_source(r, s);
	for (uint32_t origin : r.scalars_)
	{
		const ingredient place = made.locate(r, origin);

		if (origin == recording::whole)
			made.scalar_ = true;
		else if (origin != 0)
			made.sources_[place.number].scalars.push_back(place.index);
	}
	for (const auto &[origin, other] : r.equal_)
		made.comparisons_.push_back({made.locate(r, origin), other});
	for (const auto &[origin, type] : r.casts_)
		made.casts_.push_back({made.locate(r, origin), type});
	made.result_ = made.add_item(r, result);
	if (made.items_ > most_items || made.key_bytes_ > most_key_bytes)
		return std::nullopt;
	return made;
}

void
recipe::add_source(const recording &r, const recording::source &s)
{
	const container parts(s.v);
	const ingredient place = locate(r, s.origin);
	source added{parts.is_object(), parts.count(), {}, {}, place.number, place.index, {}};

	if (added.object)
		key_bytes_ += parts.begin_of(added.count);
	if (added.object && key_bytes_ <= most_key_bytes)
	{
		added.key_entries.assign(s.v.data + sizeof(uint32_t), size_t{4} * added.count);
		for (uint32_t i = 0; i < added.count; i++)
			added.keys += parts.key(i);
	}
	sources_.push_back(std::move(added));
}

/* Which item of which source has that origin. */
recipe::ingredient
recipe::locate(const recording &r, uint32_t origin) const
{
	uint32_t number = whole_source, index = 0;

	for (uint32_t i = 0; i < r.sources_.size() && r.sources_[i].first <= origin; i++)
	{
		number = i;
		index = origin - r.sources_[i].first;
	}
	if (origin == recording::whole)
		number = whole_source;
	return {kind::source, number, index, {}};
}

recipe::ingredient
recipe::add_item(const recording &r, const item &it)
{
	if (it.is_opened() && it.opened_as->changed)
		return {kind::part, add_part(r, *it.opened_as), 0, {}};
	if (it.origin != 0 && it.cast != scalar_type::none)
	{
		const auto same =
			std::find(r.casts_.begin(), r.casts_.end(), std::pair(it.origin, it.cast));

		return {kind::cast, static_cast<uint32_t>(same - r.casts_.begin()), 0, {}};
	}
	if (it.origin != 0)
		return locate(r, it.origin);
	return {kind::constant, 0, 0, it.is_opened() ? it.opened_as->source : it.raw()};
}

uint32_t
recipe::add_part(const recording &r, const node &n)
{
	part made{n.object, {}, {}, {}, {}};

	/* copies of copies may be more than there is memory for */
	items_ += n.count;
	if (items_ > most_items)
		return 0;

	for (uint32_t i = 0; i < n.count; i++)
	{
		made.items.push_back(add_item(r, n.items[i]));
		if (!n.object) /* items of an array have no names */
			continue;
		key_bytes_ += n.items[i].key_length;
		if (key_bytes_ <= most_key_bytes)
		{
			made.keys += n.items[i].name();
			made.key_lengths.push_back(n.items[i].key_length);
			append_word(made.key_entries, key_entry(i, n.items[i].key_length, made.keys.size()));
		}
	}
	parts_.push_back(std::move(made));
	return static_cast<uint32_t>(parts_.size() - 1);
}

bool
recipe::fit_source(const source &s, const value &v, source_view &view, arena &memory) const
{
	if (!v.is_container())
		return false;

	const container parts(v);

	if (parts.count() != s.count || parts.is_object() != s.object ||
		parts.data().size() < s.keys.size() ||
		memcmp(parts.entry_bytes(), s.key_entries.data(), s.key_entries.size()) != 0 ||
		memcmp(parts.data().data(), s.keys.data(), s.keys.size()) != 0)
		return false;

	auto *const ends = memory.array<uint32_t>(size_t{s.count} + 1);
	const uint32_t first = s.object ? s.count : 0;
	uint32_t end = static_cast<uint32_t>(s.keys.size());

	for (uint32_t i = 0; i < s.count; i++)
	{
		ends[i] = end;
		end = parts.end_of(parts.entry(first + i), end);
	}
	ends[s.count] = end;
	view = {parts.entry_bytes() + s.key_entries.size(), parts.data().data(), ends};
	return std::none_of(s.scalars.begin(), s.scalars.end(),
						[&](uint32_t i) { return view.item(i).is_container(); });
}

bool
recipe::fit_scalars(const fitted &match, arena &memory, const host &process) const
{
	for (const comparison &c : comparisons_)
	{
		if (!equal_values(match.value_of(c.of), c.with, process))
			return false;
	}
	for (size_t i = 0; i < casts_.size(); i++)
	{
		const cast_result result = cast_value(match.value_of(casts_[i].of), casts_[i].to, memory);

		if (!result.error.empty())
			return false;
		match.casts[i] = result.converted;
	}
	return true;
}

const recipe::fitted *
recipe::fit(const value &v, arena &memory, const host &process) const
{
	if (scalar_ && v.is_container())
		return nullptr;

	auto *const views = memory.array<source_view>(sources_.size());
	auto *const match = memory.array<fitted>(1);

	for (size_t i = 0; i < sources_.size(); i++)
	{
		const source &s = sources_[i];

		if (!fit_source(s, s.in == whole_source ? v : views[s.in].item(s.index), views[i], memory))
			return nullptr;
	}
	*match = {this, v, views, memory.array<value>(casts_.size())};
	return fit_scalars(*match, memory, process) ? match : nullptr;
}

} // namespace migsafe::jsonb
