#include "rollback/conflict_list.hpp"

#include "pg/value.hpp"

#include <algorithm>

namespace migsafe {

void
conflict_list::add(conflict c)
{
	found_++;
	kinds_.insert(c.kind);
	if (shown_ && kept_.size() == *shown_)
		kept_.pop_front(); /* entries come backwards: what is kept are the first ones */
	kept_.push_back(std::move(c));
}

/* By entry; those of one entry in the order of its columns, as they were met. */
std::vector<const conflict *>
conflict_list::in_order() const
{
	std::vector<const conflict *> sorted;

	for (const conflict &c : kept_)
		sorted.push_back(&c);
	std::stable_sort(sorted.begin(), sorted.end(),
					 [](const conflict *a, const conflict *b) { return a->seq < b->seq; });
	return sorted;
}

std::string
conflict_list::json() const
{
	std::string json;

	for (const conflict *const c : in_order())
		json += (json.empty() ? "" : ", ") + std::string("{\"key\": ") +
				(c->key.empty() ? "null" : c->key) +
				", \"column\": " + (c->column.empty() ? "null" : pg::json_string(c->column)) +
				", \"reason\": " + pg::json_string(c->reason) + "}";
	return json.empty() ? "" : "[" + json + "]";
}

std::string
conflict_list::text() const
{
	const int64 more = found_ - static_cast<int64>(kept_.size());
	std::string list;

	for (const conflict *const c : in_order())
		list += (list.empty() ? "" : "\n") + c->key +
				(c->column.empty() ? "" : ", column \"" + c->column + "\"") +
				(c->key.empty() ? "" : ": ") + c->reason;
	if (more > 0)
		list += "\n... and " + std::to_string(more) + " more";
	return list;
}

} // namespace migsafe
