#include "schema/schema_object.hpp"

#include "schema/form_check.hpp"

namespace migsafe::schema {
namespace {

bool
is_known_beside_ref(keyword k)
{
	return k == keyword::ref || k == keyword::definitions || k == keyword::schema_uri;
}

} // namespace

schema_object::schema_object(const jsonb::value &v, const dialect &terms, place at)
	: at_(std::move(at))
{
	const bool only_ref =
		terms.version <= draft::draft7 && jsonb::container(v).find("$ref").has_value();

	for (jsonb::cursor members(v); members.next();)
	{
		const keyword_definition *const d = find_keyword(members.key(), terms);

		if (d == nullptr || (only_ref && !is_known_beside_ref(d->id)))
			continue;
		check_form(*d, members.current(), terms, at_);
		definitions_[static_cast<size_t>(d->id)] = d;
		values_[static_cast<size_t>(d->id)] = members.current();
	}
	check_flag(keyword::exclusive_minimum, keyword::minimum);
	check_flag(keyword::exclusive_maximum, keyword::maximum);
}

/* In draft 4 a limit is exclusive by a flag beside it. */
void
schema_object::check_flag(keyword flag, keyword limit) const
{
	if (has(flag) && is_boolean((*this)[flag]) && !has(limit))
		fail(flag, "is nothing without the limit itself",
			 "In draft 4 it goes with \"minimum\" or \"maximum\".");
}

} // namespace migsafe::schema
