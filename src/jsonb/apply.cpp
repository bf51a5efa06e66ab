#include "jsonb/apply.hpp"

#include "jsonb/cast.hpp"
#include "jsonb/text.hpp"
#include "jsonb/transfer.hpp"
#include "jsonb/walk.hpp"
#include "jsonb/writer.hpp"

namespace migsafe::jsonb {
namespace {

class applier
{
public:
	applier(const operation &op, const std::string &subject, tree &document, item &place,
			size_t first, const binding *outer)
		: op_(op), tree_(document), place_(place), first_(first), outer_(outer),
		  walker_(op, subject, document)
	{
	}

	bool apply()
	{
		switch (op_.code)
		{
			case opcode::add:
				return add();
			case opcode::assure:
				return assure();
			case opcode::remove:
				return at_parents(
					[this](node &n, const binding *outer) { return remove(n, outer); });
			case opcode::rename:
				return at_parents(
					[this](node &n, const binding *outer) { return rename(n, outer); });
			case opcode::replace:
				return at_places([this](item &place, const binding *) {
					place.set(item(op_.operand));
					return true;
				});
			case opcode::test:
				return at_places(
					[this](item &place, const binding *outer) { return test(place, outer); });
			case opcode::cast:
				return at_places(
					[this](item &place, const binding *outer) { return cast(place, outer); });
			case opcode::wrap:
				return at_places([this](item &place, const binding *) { return wrap(place); });
			case opcode::unwrap:
				return at_places(
					[this](item &place, const binding *outer) { return unwrap(place, outer); });
			default:
				return transfer(op_, walker_, tree_, place_, first_, outer_);
		}
	}

private:
	/* Wherever the path leads. */
	template <typename Visit>
	bool at_places(Visit visit)
	{
		return walker_.walk(place_, op_.path, first_, op_.path.size(), outer_, visit);
	}

	/* In every container in which the last step of the path finds its place. */
	template <typename Visit>
	bool at_parents(Visit visit)
	{
		const size_t last = op_.path.size() - 1;

		return walker_.walk(
			place_, op_.path, first_, last, outer_, [=, this](item &parent, const binding *outer) {
				node *const n = tree_.open(parent);

				return n == nullptr ? walker_.no_container(parent, op_.path, last, outer)
									: visit(*n, outer);
			});
	}

	bool add() { return put(op_.path, first_, walker_, tree_, place_, outer_, item(op_.operand)); }

	bool assure()
	{
		if (op_.path.empty() || op_.path.back().star)
			return false;
		return at_parents([this](node &n, const binding *outer) {
			return locate(n, op_.path.back()) == nowhere &&
				   put_into(n, op_.path, walker_, tree_, outer, item(op_.operand));
		});
	}

	bool remove(node &n, const binding *outer)
	{
		const step &last = op_.path.back();

		if (last.star)
		{
			const bool any = n.count > 0;

			tree::clear(n);
			return any;
		}

		const uint32_t i = locate(n, last);

		if (i == nowhere)
			return walker_.absent(n, op_.path, op_.path.size() - 1, outer);
		tree::erase(n, i);
		return true;
	}

	bool rename(node &n, const binding *outer)
	{
		const step &last = op_.path.back();
		const uint32_t i = locate(n, last);

		if (i == nowhere)
			return walker_.absent(n, op_.path, op_.path.size() - 1, outer);
		if (!n.object)
			walker_.fail("2203C", "an element of an array has no key", op_.path, outer,
						 "Only members of objects can be renamed.");
		if (op_.to == last.name)
			return false;
		if (tree::find(n, op_.to, nowhere) != nowhere)
			walker_.fail("22030", "there is a member \"" + shortened(op_.to, 100) + "\" already",
						 op_.path, outer, "Remove it before, or rename to another key.");

		item renamed = n.items[i];

		renamed.set_name(op_.to);
		tree::erase(n, i);
		tree_.set_member(n, renamed, nowhere);
		return true;
	}

	/* For messages. */
	[[nodiscard]] std::string text_of(const item &it) const
	{
		constexpr size_t most = 60;

		if (!it.is_opened())
			return json_text(it.raw(), most);

		const datum written = write_document(it, 1024, tree_.process());
		std::string text =
			json_text(root_of({written.bytes + length_word, written.size - length_word}), most);

		tree_.process().release(written.bytes);
		return text;
	}

	bool test(item &place, const binding *outer)
	{
		if (!tree_.equal(place, op_.operand))
			walker_.fail("22000",
						 "the value is " + text_of(place) + ", not " + json_text(op_.operand, 60),
						 op_.path, outer, "Look at the document, or leave out the test.");
		if (tree_.recorded())
			tree_.recorded()->equal(place, op_.operand);
		return false;
	}

	bool cast(item &place, const binding *outer)
	{
		const cast_result result = place.is_opened()
									   ? cast_result{{}, no_cast_from(type_name(place))}
									   : cast_value(place.raw(), op_.type, tree_.memory());

		if (!result.error.empty())
			walker_.fail("22018", result.error, op_.path, outer,
						 "Mend the value before, or transform it by an SQL expression.");

		const bool changed = result.converted.type != place.type();
		item converted(result.converted);

		converted.origin = place.origin;
		converted.cast = place.cast;
		if (tree_.recorded())
			tree_.recorded()->cast(converted, op_.type);
		place.set(converted);
		return changed || tree_.recorded() != nullptr;
	}

	bool wrap(item &place)
	{
		node *const n = tree_.make(op_.key.has_value(), 1);
		item inner;

		inner.set(place);
		if (op_.key)
			inner.set_name(*op_.key);
		tree_.insert(*n, 0, inner);
		place.set(item(n));
		return true;
	}

	bool unwrap(item &place, const binding *outer)
	{
		node *const n = tree_.open(place);
		const bool object = op_.key.has_value();

		if (n == nullptr || n->object != object || n->count != 1 ||
			(object && n->items[0].name() != *op_.key))
			walker_.fail("2203C",
						 object ? "it is no object whose only member is \"" +
									  shortened(*op_.key, 100) + "\""
								: "it is no array of one element",
						 op_.path, outer,
						 "Remove the others before, or move the value out of its container.");
		place.set(item(n->items[0]));
		return true;
	}

	const operation &op_;
	tree &tree_;
	item &place_;
	const size_t first_;
	const binding *const outer_;
	walker walker_;
};

} // namespace

bool
apply_operation(const operation &op, const std::string &subject, tree &document, item &place,
				size_t first, const binding *outer)
{
	return applier(op, subject, document, place, first, outer).apply();
}

} // namespace migsafe::jsonb
