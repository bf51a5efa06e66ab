/*
 * format.hpp
 *		How PostgreSQL lays out a jsonb value (utils/jsonb.h), for code that sees no server header.
 *
 * A container is a header (the number of its members or elements, and flags),
 * an array of entries, and their data.  An object has an entry for each key,
 * sorted by length and then by bytes, and then one for each value.  An entry
 * holds a type and a length or, at every 32nd place, the offset of its end.
 * Numerics and containers are aligned to four bytes, and the padding counts as
 * theirs.  A scalar document is an array of one element, flagged as scalar.
 */
#pragma once

#include <cstdint>

namespace migsafe::jsonb::format {

constexpr uint32_t entry_length_mask = 0x0FFFFFFF; /* also the greatest length of a value */
constexpr uint32_t entry_type_mask = 0x70000000;
constexpr uint32_t entry_has_offset = 0x80000000;
constexpr uint32_t offset_stride = 32;

constexpr uint32_t type_string = 0x00000000;
constexpr uint32_t type_numeric = 0x10000000;
constexpr uint32_t type_false = 0x20000000;
constexpr uint32_t type_true = 0x30000000;
constexpr uint32_t type_null = 0x40000000;
constexpr uint32_t type_container = 0x50000000;

constexpr uint32_t count_mask = 0x0FFFFFFF;
constexpr uint32_t flag_scalar = 0x10000000;
constexpr uint32_t flag_object = 0x20000000;
constexpr uint32_t flag_array = 0x40000000;

constexpr uint32_t
aligned(uint32_t offset)
{
	return (offset + 3) & ~uint32_t{3};
}

/* Types whose data begin at a multiple of four. */
constexpr bool
is_aligned_type(uint32_t type)
{
	return type == type_numeric || type == type_container;
}

} // namespace migsafe::jsonb::format
