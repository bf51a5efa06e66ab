#include "jsonb/operation_group.hpp"

#include "jsonb/apply.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

/* The steps up to the last star. */
size_t
star_prefix(const steps &pointer)
{
	const auto last =
		std::find_if(pointer.rbegin(), pointer.rend(), [](const step &s) { return s.star; });

	return static_cast<size_t>(pointer.rend() - last);
}

bool
is_transfer(const operation &op)
{
	return op.code == opcode::move || op.code == opcode::copy;
}

/* Does it need the container in which the last step finds its place? */
bool
needs_parent(opcode code)
{
	return code == opcode::add || code == opcode::remove || code == opcode::rename ||
		   code == opcode::assure;
}

/* The steps to the places that the operation can be carried out on by itself. */
size_t
prefix_of(const operation &op)
{
	const size_t prefix = star_prefix(op.path);

	if (is_transfer(op))
		return prefix == star_prefix(op.from) && prefix <= op.common && prefix < op.path.size() &&
					   prefix < op.from.size()
				   ? prefix
				   : 0;
	return needs_parent(op.code) && prefix == op.path.size() ? 0 : prefix;
}

bool
have_same_prefix(const operation &a, const operation &b, size_t prefix)
{
	return std::equal(
		a.path.begin(), a.path.begin() + static_cast<ptrdiff_t>(prefix), b.path.begin(),
		[](const step &s, const step &t) { return s.star == t.star && s.name == t.name; });
}

} // namespace

operation_group::operation_group(const operation &first, bool with_recipes)
	: prefix_(prefix_of(first)), repeatable_(with_recipes)
{
}

bool
operation_group::accepts(const operation &op) const
{
	return prefix_of(op) == prefix_ && have_same_prefix(operations_.front(), op, prefix_);
}

void
operation_group::add(operation op)
{
	repeatable_ = repeatable_ && std::max(star_prefix(op.path), star_prefix(op.from)) == prefix_;
	operations_.push_back(std::move(op));
}

/* One that fails where the places of the group are missing, if any does. */
const operation &
operation_group::strictest() const
{
	const auto strict = std::find_if(operations_.begin(), operations_.end(),
									 [](const operation &op) { return !op.optional; });

	return strict == operations_.end() ? operations_.front() : *strict;
}

bool
operation_group::apply(const std::string &subject, tree &document, item &root) const
{
	document.process().check();
	recipes_.begin_document();
	if (prefix_ == 0)
		return apply_at(subject, document, root, nullptr);

	const operation &guide = strictest();

	return walker(guide, subject, document)
		.walk(root, guide.path, 0, prefix_, nullptr, [&, this](item &place, const binding *outer) {
			return apply_at(subject, document, place, outer);
		});
}

bool
operation_group::apply_at(const std::string &subject, tree &document, item &place,
						  const binding *outer) const
{
	if (!repeatable_ || place.is_opened())
		return apply_each(subject, document, place, outer);

	if (const recipe::fitted *const match =
			recipes_.find(place.raw(), document.memory(), document.process()))
	{
		if (match->by->is_identity())
			return false;
		place.set(document.fold(*match));
		return true;
	}
	if (!recipes_.wants_more())
		return apply_each(subject, document, place, outer);

	recording r;

	place.origin = recording::whole;
	place.cast = scalar_type::none;
	document.record(&r);

	const bool changed = apply_each(subject, document, place, outer);

	document.record(nullptr);
	recipes_.add(recipe::of(place, r));
	return changed;
}

bool
operation_group::apply_each(const std::string &subject, tree &document, item &place,
							const binding *outer) const
{
	bool changed = false;

	for (const operation &op : operations_)
	{
		if (operations_.size() > 1)
			document.process().check();
		changed |= apply_operation(op, subject, document, place, prefix_, outer);
	}
	return changed;
}

} // namespace migsafe::jsonb
