#include "schema/pattern_search.hpp"

#include <algorithm>

namespace migsafe::schema {
namespace {

constexpr uint64_t step = 16; /* in characters that are read, which takes as long */
constexpr uint64_t steps_at_least = 1000000;
constexpr uint64_t steps_per_byte = 8;

constexpr size_t least_stack = size_t{64} * 1024;
constexpr size_t greatest_stack = size_t{64} * 1024 * 1024;
constexpr uint32_t greatest_heap_in_kilobytes = 64 * 1024;

struct progress
{
	const std::vector<counted_search::item_cost> &costs;
	uint64_t left = 0;
	size_t last_position = 0;
};

/* The length of what the group has matched. */
size_t
length_of(const pcre2_callout_block &at, uint32_t group)
{
	const PCRE2_SIZE *const ends = at.offset_vector + size_t{2} * group;

	if (group == 0 || group >= at.capture_top || ends[0] == PCRE2_UNSET || ends[1] < ends[0])
		return 0;
	return ends[1] - ends[0];
}

extern "C" int
count_step(pcre2_callout_block *at, void *data)
{
	auto &p = *static_cast<progress *>(data);
	const counted_search::item_cost &item = p.costs[at->pattern_position];
	const size_t read = std::max(at->current_position, p.last_position) - p.last_position;
	const uint64_t ahead =
		std::min(item.characters + length_of(*at, item.group),
				 uint64_t{at->subject_length - std::min(at->subject_length, at->current_position)});
	const uint64_t cost = step + read + ahead;

	p.last_position = at->current_position;
	if (cost > p.left)
		return PCRE2_ERROR_MATCHLIMIT;
	p.left -= cost;
	return 0;
}

} // namespace

counted_search::counted_search(const ecma_translation &translation, uint32_t options, bool jit)
	: code_(compile_pcre(translation.text, options | PCRE2_AUTO_CALLOUT).code),
	  costs_(translation.text.size() + 1)
{
	for (const long_item &item : translation.long_items)
	{
		item_cost &cost = costs_[item.offset];

		cost.characters += item.repeats;
		cost.group = std::max(cost.group, item.group);
	}
	jit_ = jit && code_ != nullptr && pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE) == 0;
}

int
counted_search::match(std::string_view subject) const
{
	if (code_ == nullptr)
		return PCRE2_ERROR_MATCHLIMIT;

	const auto data = owned(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
	const auto context = owned(pcre2_match_context_create(nullptr));
	pcre_owned<pcre2_jit_stack> stack;
	progress p{costs_, step * (steps_at_least + steps_per_byte * subject.size())};

	pcre2_set_callout(context.get(), count_step, &p);
	pcre2_set_match_limit(context.get(), ~uint32_t{0});
	pcre2_set_depth_limit(context.get(), ~uint32_t{0});
	pcre2_set_heap_limit(context.get(), greatest_heap_in_kilobytes);
	if (jit_)
	{
		stack = owned(pcre2_jit_stack_create(least_stack, greatest_stack, nullptr));
		pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
	}
	return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), 0,
					   0, data.get(), context.get());
}

} // namespace migsafe::schema
