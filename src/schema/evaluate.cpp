#include "schema/evaluate.hpp"

#include "schema/evaluation_array.hpp"
#include "schema/evaluation_in_place.hpp"
#include "schema/evaluation_object.hpp"
#include "schema/evaluation_scalar.hpp"

namespace migsafe::schema {

template <bool reporting>
bool
evaluation<reporting>::test_rules(const node &n, const value &v, const frame &outer, here at)
{
	const scope_link inner{n.scope, outer.scope};
	frame f = outer;

	if (program_.dynamic && (outer.scope == nullptr || outer.scope->scope != n.scope))
		f.scope = &inner;
	if (!n.unevaluated || !v.is_container())
		return test_all(n, v, f, at);

	tracker seen(jsonb::container(v).count(), scratch_);
	bool passed = true;

	f.seen = &seen;
	if (settled(passed, test_all(n, v, f, at)) || settled(passed, test_unevaluated(n, v, f, at)))
		return false;
	if (outer.seen != nullptr)
		outer.seen->merge(seen);
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_all(const node &n, const value &v, const frame &f, here at)
{
	bool passed = true;

	if (settled(passed, test_scalar(n, v, at)))
		return false;
	if (v.is_container() &&
		(v.is_object() ? n.objects && settled(passed, test_object(*n.objects, v, f, at))
					   : n.arrays && settled(passed, test_array(*n.arrays, v, f, at))))
		return false;
	return (!n.in_place || test_in_place(*n.in_place, v, f, at)) && passed;
}

bool
matches(const program &compiled, const jsonb::value &document, jsonb::arena &scratch,
		const jsonb::host &process)
{
	return evaluation<false>(compiled, scratch, process).run(document);
}

std::vector<output_unit>
find_failures(const program &compiled, const jsonb::value &document, jsonb::arena &scratch,
			  const jsonb::host &process, size_t most)
{
	evaluation<true> reporting(compiled, scratch, process, most);

	reporting.run(document);
	return std::move(reporting.failures);
}

} // namespace migsafe::schema
