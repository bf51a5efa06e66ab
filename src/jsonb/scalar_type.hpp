/*
 * scalar_type.hpp
 *		The types of JSON that a value can be cast to.
 */
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace migsafe::jsonb {

enum class scalar_type : uint8_t { none, string, number, boolean };

/* As jsonb_typeof says it. */
constexpr std::array<std::string_view, 4> scalar_type_names = {"", "string", "number", "boolean"};

/* none if there is no such type. */
constexpr scalar_type
scalar_type_of(std::string_view name)
{
	for (size_t i = 1; i < scalar_type_names.size(); i++)
	{
		if (name == scalar_type_names[i])
			return static_cast<scalar_type>(i);
	}
	return scalar_type::none;
}

} // namespace migsafe::jsonb
