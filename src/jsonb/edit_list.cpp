#include "jsonb/edit_list.hpp"

#include <algorithm>
#include <functional>

namespace migsafe::jsonb {
namespace {

constexpr std::string_view names[] = {"add", "remove", "replace", "move"};

/* What small operations may take more than twice a replacement: they say what changed, and leave the rest alone. */
constexpr size_t indulgence = 256;

/* About what an operation with so many members takes, besides its pointers and value. */
constexpr size_t
operation_size(size_t members)
{
	constexpr size_t word = 4, padding = 3, key = 4, name = 6;

	return 2 * word + padding + members * (2 * word + key) + name;
}

item
string_item(std::string_view key, std::string_view text, arena &memory)
{
	char *const copy = memory.array<char>(text.size());
	item it(value{format::type_string, static_cast<uint32_t>(text.size()), copy});

	std::copy(text.begin(), text.end(), copy);
	it.set_name(key);
	return it;
}

} // namespace

void
edit_list::append(kind what, const std::string &from, const std::string &path, const value &v,
				  size_t size)
{
	cost_ += operation_size(what == kind::remove ? 2 : 3) + from.size() + path.size() + size;
	edits_.push_back({what, shifting_ == 0, from, path, v});
}

void
edit_list::add(const std::string &path, const value &v)
{
	append(kind::add, {}, path, v, v.length);
}

void
edit_list::remove(const std::string &path, const value &v)
{
	append(kind::remove, {}, path, v, 0);
}

void
edit_list::replace(const std::string &path, const value &v)
{
	append(kind::replace, {}, path, v, v.length);
}

void
edit_list::move(const std::string &from, const std::string &path)
{
	append(kind::move, from, path, {}, 0);
}

edit_list::mark
edit_list::begin_part(const std::string &path, const value &after)
{
	const size_t replacement = operation_size(3) + path.size() + after.length;
	const mark start{edits_.size(), cost_, cost_ + 2 * replacement + indulgence, limit_};

	limit_ = std::min(limit_, start.limit);
	return start;
}

bool
edit_list::end_part(const mark &start)
{
	limit_ = start.outer_limit;
	return cost_ > start.limit;
}

void
edit_list::replace_part(const mark &start, const std::string &path, const value &after)
{
	edits_.resize(start.edits);
	cost_ = start.cost;
	replace(path, after);
}

/* An addition of what is removed elsewhere becomes a move, in its own place in the list. */
void
edit_list::find_moves()
{
	const auto hash = [](const edit &e) { return std::hash<std::string_view>()(e.v.bytes()); };
	std::vector<std::pair<size_t, size_t>> removals, additions; /* hash, number */
	size_t next = 0;

	for (size_t i = 0; i < edits_.size(); i++)
	{
		if (edits_[i].fixed && edits_[i].what == kind::remove)
			removals.emplace_back(hash(edits_[i]), i);
		else if (edits_[i].fixed && edits_[i].what == kind::add)
			additions.emplace_back(hash(edits_[i]), i);
	}
	std::sort(removals.begin(), removals.end());
	std::sort(additions.begin(), additions.end());
	for (const auto &[value_hash, i] : additions)
	{
		while (next < removals.size() && removals[next].first < value_hash)
			next++;
		if (next == removals.size())
			break;

		edit &removal = edits_[removals[next].second];

		if (removals[next].first != value_hash || !same_image(removal.v, edits_[i].v))
			continue;
		edits_[i].what = kind::move;
		edits_[i].from = std::move(removal.path);
		removal.what = kind::none;
		next++;
	}
}

item
edit_list::as_item(const edit &e, tree &memory)
{
	node *const n = memory.make(true, 3);
	const auto append = [=](const item &it) { n->items[n->count++] = it; };

	/* in the order of keys: by length, then by bytes */
	append(string_item("op", names[static_cast<int>(e.what)], memory.memory()));
	if (e.what == kind::move)
		append(string_item("from", e.from, memory.memory()));
	append(string_item("path", e.path, memory.memory()));
	if (e.what == kind::add || e.what == kind::replace)
	{
		item v(e.v);

		v.set_name("value");
		append(v);
	}
	return item(n);
}

item
edit_list::as_patch(tree &memory)
{
	find_moves();

	node *const patch = memory.make(false, static_cast<uint32_t>(edits_.size()));

	for (const edit &e : edits_)
	{
		if (e.what != kind::none)
			patch->items[patch->count++] = as_item(e, memory);
	}
	return item(patch);
}

} // namespace migsafe::jsonb
