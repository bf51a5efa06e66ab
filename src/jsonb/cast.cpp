#include "jsonb/cast.hpp"

#include "jsonb/number.hpp"
#include "jsonb/text.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

value
boolean(bool b)
{
	return {b ? format::type_true : format::type_false, 0, nullptr};
}

bool
is_boolean(const value &v)
{
	return v.type == format::type_true || v.type == format::type_false;
}

scalar_type
type_of(const value &v)
{
	if (is_boolean(v))
		return scalar_type::boolean;
	return v.type == format::type_numeric ? scalar_type::number : scalar_type::string;
}

value
string(const std::string &text, arena &memory)
{
	char *const copy = memory.array<char>(text.size());

	std::copy(text.begin(), text.end(), copy);
	return {format::type_string, static_cast<uint32_t>(text.size()), copy};
}

cast_result
to_string(const value &v, arena &memory)
{
	if (v.type == format::type_numeric)
		return {string(number(v).text(), memory), {}};
	return {string(v.type == format::type_true ? "true" : "false", memory), {}};
}

cast_result
to_number(const value &v, arena &memory)
{
	const std::string_view text =
		is_boolean(v) ? (v.type == format::type_true ? "1" : "0") : v.bytes();
	const auto made = make_number(text, memory);

	if (!made)
		return {{},
				json_text(v, 60) +
					(is_number(text) ? " is beyond the range of numeric" : " is no JSON number")};
	return {*made, {}};
}

cast_result
to_boolean(const value &v)
{
	const bool from_number = v.type == format::type_numeric;

	for (bool b : {false, true})
	{
		if (from_number ? number(v).is(b) : v.bytes() == (b ? "true" : "false"))
			return {boolean(b), {}};
	}
	return {{},
			json_text(v, 60) +
				(from_number ? " is neither 0 nor 1" : " is neither true nor false")};
}

} // namespace

std::string
no_cast_from(std::string_view type)
{
	return "a value of type " + std::string(type) + " cannot be cast";
}

cast_result
cast_value(const value &v, scalar_type type, arena &memory)
{
	if (v.is_container() || v.type == format::type_null)
		return {{}, no_cast_from(v.type_name())};
	if (type == type_of(v))
		return {v, {}};
	if (type == scalar_type::string)
		return to_string(v, memory);
	return type == scalar_type::number ? to_number(v, memory) : to_boolean(v);
}

} // namespace migsafe::jsonb
