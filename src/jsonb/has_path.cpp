#include "jsonb/has_path.hpp"

namespace migsafe::jsonb {
namespace {

bool
any_has_path(const value &v, const steps &pointer, size_t first, const host &process)
{
	for (cursor items(v); items.next();)
	{
		if (has_path(items.current(), pointer, first, process))
			return true;
	}
	return false;
}

} // namespace

bool
has_path(const value &v, const steps &pointer, size_t first, const host &process)
{
	process.check();
	if (first == pointer.size())
		return true;
	if (!v.is_container())
		return false;

	const step &s = pointer[first];
	const container parts(v);

	if (s.star)
		return any_has_path(v, pointer, first + 1, process);
	if (parts.is_object())
	{
		const auto member = parts.find(s.name);

		return member && has_path(*member, pointer, first + 1, process);
	}
	return s.index >= 0 && s.index < static_cast<long>(parts.count()) &&
		   has_path(parts.element(static_cast<uint32_t>(s.index)), pointer, first + 1, process);
}

} // namespace migsafe::jsonb
