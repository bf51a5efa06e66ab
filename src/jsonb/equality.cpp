#include "jsonb/equality.hpp"

#include "jsonb/number.hpp"

namespace migsafe::jsonb {
namespace {

bool
equal_containers(const value &a, const value &b, const host &process)
{
	cursor left(a), right(b);

	process.check();
	if (left.parts().is_object() != right.parts().is_object() ||
		left.parts().count() != right.parts().count())
		return false;
	while (left.next() && right.next())
	{
		if (left.key() != right.key() || !equal_values(left.current(), right.current(), process))
			return false;
	}
	return true;
}

} // namespace

bool
equal_values(const value &a, const value &b, const host &process)
{
	if (same_image(a, b))
		return true;
	if (a.type != b.type)
		return false;
	if (a.type == format::type_numeric)
		return number(a) == number(b);
	return a.is_container() && equal_containers(a, b, process);
}

} // namespace migsafe::jsonb
