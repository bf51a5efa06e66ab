/*
 * element_order.hpp
 *		In what order to edit an array, and which index each element has then.
 */
#pragma once

#include "jsonb/alignment.hpp"

namespace migsafe::jsonb {

/*
 * Steps from one array to another, front to back: what lies before index() is
 * done already, what lies behind is as before, less what was moved to the front.
 */
class element_order
{
public:
	enum class kind { compare, move, remove, add };

	element_order(const value &before, const value &after, const host &process);

	/* Do indexes change, by a step other than a comparison? */
	[[nodiscard]] bool shifts() const { return shifts_; }

	/* Go to the next step; false at the end. */
	bool next();

	[[nodiscard]] kind step() const { return step_; }
	[[nodiscard]] uint32_t index() const { return index_; }
	/* The index that a moved element has before its move. */
	[[nodiscard]] uint32_t from() const { return from_; }
	/* The old element of a comparison or removal, the new one of a comparison or addition. */
	[[nodiscard]] const value &before() const { return before_[old_ - 1]; }
	[[nodiscard]] const value &after() const { return after_[new_ - 1]; }

private:
	[[nodiscard]] uint32_t moved_before(uint32_t old) const;
	void count_move(uint32_t old);
	void skip_moved();
	bool next_put_back();
	bool next_in_gap(uint32_t old_end, uint32_t new_end);
	void find_shifts();

	std::vector<value> before_, after_;
	alignment alignment_;
	std::vector<bool> is_moved_;         /* old elements that go to the front */
	std::vector<uint32_t> moves_so_far_; /* of old elements, as a Fenwick tree */
	size_t next_kept_ = 0, next_moved_ = 0;
	uint32_t old_ = 0, new_ = 0; /* next elements of before and after */
	kind step_ = kind::compare;
	uint32_t index_ = 0, from_ = 0;
	bool shifts_ = false;
};

} // namespace migsafe::jsonb
