/*
 * recipe.hpp
 *		What some operations did to one value, to be done again to values of the same shape.
 *
 * Operations look at keys, indexes and the nesting of containers, and hardly at
 * scalars.  So they do the same to every value of one shape: with the same keys,
 * and the same containers where they looked for one.  The first of these values
 * is changed step by step while a recording keeps track of where everything comes
 * from; for the others it is enough to compare the keys, to copy, and to repeat
 * what was done with scalars: a cast, or a comparison by test.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/host.hpp"
#include "jsonb/scalar_type.hpp"
#include "jsonb/value.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace migsafe::jsonb {

struct item;
struct node;

/* Where the items of opened containers come from, while operations are carried out on one value. */
class recording
{
public:
	/* The origin of the value itself. */
	static constexpr uint32_t whole = 1;

	/* A container was opened: number its items.  origin 0: it is not from the value. */
	void opened(uint32_t origin, node &n);

	/* A container was looked for where there is none. */
	void no_container(uint32_t origin) { scalars_.push_back(origin); }

	/* A value was found to be equal to another one, which lives as long as the operations. */
	void equal(const item &it, const value &other);

	/* A scalar was cast: the item is to say so from now on. */
	void cast(item &it, scalar_type type);

private:
	friend class recipe;

	struct source
	{
		uint32_t origin; /* of the container */
		uint32_t first;  /* origin of its first item */
		value v;
	};

	std::vector<source> sources_;
	std::vector<uint32_t> scalars_; /* origins of items that were found to be no containers */
	std::vector<std::pair<uint32_t, value>> equal_; /* origins, and what the items were equal to */
	std::vector<std::pair<uint32_t, scalar_type>> casts_; /* origins, and to what; used or not */
	uint32_t next_ = whole + 1;
	bool repeatable_ = true; /* nothing was asked that no recipe can say */
};

class recipe
{
public:
	/* Stands for the value itself among the sources. */
	static constexpr uint32_t whole_source = ~uint32_t{0};

	/* A container of a value at hand. */
	struct source_view
	{
		const char *entries; /* of its values */
		const char *base;

		const uint32_t *ends; /* of its values; the first is the end of its keys */

		[[nodiscard]] value item(uint32_t i) const
		{
			uint32_t entry, begin = ends[i];

			memcpy(&entry, entries + size_t{4} * i, sizeof(entry));

			const uint32_t type = entry & format::entry_type_mask;

			if (format::is_aligned_type(type))
			{
				begin = format::aligned(begin);
				if (begin + sizeof(uint32_t) > ends[i + 1])
					container::damaged();
			}
			return {type, ends[i + 1] - begin, base + begin};
		}
	};

	enum class kind : uint8_t { source, constant, cast, part };

	struct ingredient
	{
		kind what;
		uint32_t number; /* of the source, cast or part */
		uint32_t index;  /* within the source */
		value constant;
	};

	/* A container of the result. */
	struct part
	{
		bool object;
		std::vector<ingredient> items;
		std::vector<uint32_t> key_lengths;
		std::string key_entries, keys; /* as they are to be written */
	};

	/* A value at hand that has the recipe's shape. */
	struct fitted
	{
		const recipe *by;
		value whole;
		const source_view *views;
		value *casts;

		/* Of an ingredient that is no part. */
		[[nodiscard]] value value_of(const ingredient &from) const
		{
			if (from.what == kind::constant)
				return from.constant;
			if (from.what == kind::cast)
				return casts[from.number];
			return from.number == whole_source ? whole : views[from.number].item(from.index);
		}
	};

	/*
	 * From what became of a value under a recording; nothing if that is too
	 * large to be worth it.  Constants have to live as long as the recipe.
	 */
	static std::optional<recipe> of(const item &result, const recording &r);

	/*
	 * The value if it has the recipe's shape, else nullptr; so, too, if a cast
	 * would fail or a value is not what it was found equal to.  Lives as long as
	 * the memory.
	 */
	[[nodiscard]] const fitted *fit(const value &v, arena &memory, const host &process) const;

	/* Does it leave a value as it is? */
	[[nodiscard]] bool is_identity() const
	{
		return result_.what == kind::source && result_.number == whole_source;
	}

	/* What becomes of the value. */
	[[nodiscard]] const ingredient &result() const { return result_; }
	[[nodiscard]] const part &part_at(uint32_t number) const { return parts_[number]; }

private:
	struct source
	{
		bool object;
		uint32_t count;
		std::string key_entries, keys;
		uint32_t in, index;            /* the source that holds it; unless it is the value itself */
		std::vector<uint32_t> scalars; /* items that have to be no containers */
	};

	struct cast
	{
		ingredient of;
		scalar_type to;
	};

	struct comparison
	{
		ingredient of;
		value with;
	};

	[[nodiscard]] bool fit_scalars(const fitted &match, arena &memory, const host &process) const;
	[[nodiscard]] bool fit_source(const source &s, const value &v, source_view &view,
								  arena &memory) const;
	void add_source(const recording &r, const recording::source &s);
	ingredient locate(const recording &r, uint32_t origin) const;
	ingredient add_item(const recording &r, const item &it);
	uint32_t add_part(const recording &r, const node &n);

	bool scalar_ = false; /* the value itself has to be no container */
	std::vector<source> sources_;
	std::vector<comparison> comparisons_;
	std::vector<cast> casts_;
	std::vector<part> parts_;
	uint32_t items_ = 0;   /* of all parts */
	size_t key_bytes_ = 0; /* of all sources and parts */
	ingredient result_{};
};

} // namespace migsafe::jsonb
