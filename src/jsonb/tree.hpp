/*
 * tree.hpp
 *		A document being changed: nodes where it was touched, bytes where it was not.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/host.hpp"
#include "jsonb/recipe.hpp"
#include "jsonb/value.hpp"

#include <string_view>

namespace migsafe::jsonb {

struct node;

/*
 * A member or an element: a value as it lies in some document, or a container
 * that was opened.
 */
struct item
{
	const char *key = nullptr; /* of a member */
	uint32_t key_length = 0;
	uint32_t tag = format::type_null; /* type, and the length or opened */
	union
	{
		const char *data = nullptr;
		node *opened_as;
	};
	uint32_t origin = 0; /* under a recording: where the value comes from; 0: from an operation */
	scalar_type cast = scalar_type::none; /* under a recording: to what it was cast */

	static constexpr uint32_t opened = 0x80000000;

	item() = default;
	explicit item(const value &v) : tag(v.type | v.length), data(v.data) {}
	explicit item(node *n) : tag(format::type_container | opened), opened_as(n) {}

	[[nodiscard]] std::string_view name() const { return {key, key_length}; }
	[[nodiscard]] bool is_opened() const { return tag & opened; }
	[[nodiscard]] uint32_t type() const { return tag & format::entry_type_mask; }
	/* Unless it is opened. */
	[[nodiscard]] value raw() const { return {type(), tag & format::entry_length_mask, data}; }

	/* Another value under the same key. */
	void set(const item &other)
	{
		tag = other.tag;
		data = other.data;
		origin = other.origin;
		cast = other.cast;
	}
	void set_name(std::string_view name)
	{
		key = name.data();
		key_length = static_cast<uint32_t>(name.size());
	}
};

/* An opened container.  The members of an object are kept in the order of keys. */
struct node
{
	item *items = nullptr; /* nullptr while folded */
	uint32_t count = 0;
	uint32_t capacity = 0;
	bool object = false;
	bool changed = false;   /* it, or something below */
	bool shared = false;    /* it stands in several places: copy before changing it */
	bool same_keys = false; /* as in source */
	value source;           /* where it was read from, and still is unless changed */

	/* A folded node is what a recipe makes of its ingredients, without items of its own. */
	const recipe::fitted *folded = nullptr;
	const recipe::part *folded_part = nullptr;

	[[nodiscard]] const char *type_name() const { return object ? "object" : "array"; }
};

/* Not found. */
constexpr uint32_t nowhere = ~uint32_t{0};

/* As jsonb_typeof says it. */
const char *type_name(const item &it);

/* Opens and edits nodes; they live as long as the arena is not reset. */
class tree
{
public:
	tree(arena &memory, const host &process) : memory_(memory), process_(process) {}

	/*
	 * The container of an item, ready to be changed: opened, and copied if it
	 * stands elsewhere, too.  nullptr if the item is none.
	 */
	node *open(item &it)
	{
		if (it.is_opened() && !it.opened_as->shared && !it.opened_as->folded)
			return it.opened_as;
		return open_slowly(it);
	}

	/* What a recipe makes of a value. */
	item fold(const recipe::fitted &match);

	/* Note where things come from, or no more (nullptr). */
	void record(recording *r) { recording_ = r; }
	[[nodiscard]] recording *recorded() const { return recording_; }

	/* A new container that counts as changed, with room for that many items. */
	node *make(bool object, uint32_t capacity);

	/* Where in an object the member is, or nowhere; near is a guess. */
	static uint32_t find(const node &object, std::string_view name, uint32_t near);
	/* Where the member would be, if it is not there. */
	static uint32_t place_for(const node &object, std::string_view name, uint32_t near);

	/* Insert before the ith item, whose key has to fit there. */
	void insert(node &n, uint32_t i, const item &it);
	/* Set the member, new or not, whose key is the item's; where it is then. */
	uint32_t set_member(node &object, const item &it, uint32_t near);
	static void erase(node &n, uint32_t i);
	static void clear(node &n);

	/* A copy of a name, as lasting as the tree's memory. */
	std::string_view keep(std::string_view name);

	/* A second item for the same value. */
	static item share(const item &it);

	/* Both as values: numbers are equal if they are numerically so, whatever their scale. */
	bool equal(const item &it, const value &v);

	[[nodiscard]] arena &memory() const { return memory_; }
	[[nodiscard]] const host &process() const { return process_; }

private:
	node *open_slowly(item &it);
	node *read(const value &v);
	node *copy(const node &n);
	void unfold(node &n);
	item made_from(const recipe::ingredient &from, const recipe::fitted &match);
	void grow(node &n);

	arena &memory_;
	const host &process_;
	recording *recording_ = nullptr;
};

} // namespace migsafe::jsonb
