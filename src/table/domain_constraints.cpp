#include "table/domain_constraints.hpp"

#include "pg/rights.hpp"

namespace migsafe {

domain_constraints::domain_constraints(const target &t)
	: target_(t), cxt_("migsafe domain constraints"), constrained_(t.descriptor()->natts, false),
	  states_(t.descriptor()->natts, nullptr)
{
	for (const column &c : t.columns())
	{
		if (pg::call([&] { return DomainHasConstraints(c.type); }))
			constrained_[c.attnum - 1] = any_ = true;
	}
}

std::optional<pg::row_failure>
domain_constraints::refusal(const column &c, Datum value, bool null)
{
	const int n = c.attnum - 1;

	if (!constrained_[n])
		return std::nullopt;
	return pg::attempt(pg::subtransaction::access::read_only, [&, this] {
		const pg::restricted_role rights(target_.owner());

		pg::call([&, this] { domain_check(value, null, c.type, &states_[n], cxt_.get()); });
	});
}

} // namespace migsafe
