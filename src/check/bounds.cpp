#include "check/bounds.hpp"

namespace migsafe {
namespace {

constexpr int places_shown = 6;

/* Server code, as is the next. */
Datum
to_numeric(const char *text)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

const char *
to_text(Datum number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, number));
}

} // namespace

bool
is_number(Oid type)
{
	switch (pg::call(getBaseType, type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

int
compare_numbers(const std::string &a, const std::string &b)
{
	return pg::call([&] {
		return DatumGetInt32(
			DirectFunctionCall2(numeric_cmp, to_numeric(a.c_str()), to_numeric(b.c_str())));
	});
}

std::string
quotient_text(int64 a, int64 b)
{
	return pg::call([=] {
		const Datum quotient =
			DirectFunctionCall2(numeric_div, NumericGetDatum(int64_to_numeric(a)),
								NumericGetDatum(int64_to_numeric(b)));
		const Datum rounded =
			DirectFunctionCall2(numeric_round, quotient, Int32GetDatum(places_shown));

		return to_text(DirectFunctionCall1(numeric_trim_scale, rounded));
	});
}

bounds
bounds::times(int64 factor) const
{
	bounds result = *this;

	for (std::optional<std::string> *bound : {&result.at_least, &result.at_most})
	{
		if (*bound)
			*bound = pg::call([&] {
				return to_text(DirectFunctionCall2(numeric_mul, to_numeric((*bound)->c_str()),
												   NumericGetDatum(int64_to_numeric(factor))));
			});
	}
	return result;
}

std::string
bounds::wanted() const
{
	if (at_least && at_most && *at_least == *at_most)
		return *at_least + " wanted";

	return (at_least ? "at least " + *at_least : "") + (at_least && at_most ? " and " : "") +
		   (at_most ? "at most " + *at_most : "") + " wanted";
}

} // namespace migsafe
