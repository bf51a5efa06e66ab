#include "jsonb/value.hpp"

#include "pg/failure.hpp"

namespace migsafe::jsonb {

const char *
value::type_name() const
{
	switch (type)
	{
		case format::type_string:
			return "string";
		case format::type_numeric:
			return "number";
		case format::type_false:
		case format::type_true:
			return "boolean";
		case format::type_null:
			return "null";
		default:
			return is_object() ? "object" : "array";
	}
}

void
container::damaged()
{
	throw failure(sqlstate("XX001"), "a jsonb value is damaged")
		.detail("Its lengths, offsets or types contradict each other.")
		.hint("Find the row by its key, and restore its value from a backup.");
}

uint32_t
container::begin_of(uint32_t i) const
{
	uint32_t first = i == 0 ? 0 : (i - 1) / format::offset_stride * format::offset_stride;
	uint32_t offset = 0;

	/* elsewhere than the server puts them, if the document is damaged */
	while (first > 0 && !(entry(first) & format::entry_has_offset))
		first--;
	for (; first < i; first++)
		offset = end_of(entry(first), offset);
	return offset;
}

std::string_view
container::key(uint32_t i) const
{
	const uint32_t begin = begin_of(i);

	return key_at(entry(i), begin, end_of(entry(i), begin));
}

value
container::element(uint32_t i) const
{
	const uint32_t begin = begin_of(i);

	return value_at(entry(i), begin, end_of(entry(i), begin));
}

std::optional<value>
container::find(std::string_view wanted) const
{
	uint32_t low = 0, high = object_ ? count_ : 0;

	while (low < high)
	{
		const uint32_t middle = low + (high - low) / 2;
		const int order = compare_keys(key(middle), wanted);

		if (order == 0)
			return member(middle);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return std::nullopt;
}

value
root_of(std::string_view document)
{
	const value whole{format::type_container, static_cast<uint32_t>(document.size()),
					  document.data()};
	const container parts(whole);
	uint32_t header;

	memcpy(&header, document.data(), sizeof(header));
	if (!(header & format::flag_scalar))
		return whole;
	if (parts.is_object() || parts.count() != 1)
		container::damaged();
	return parts.element(0);
}

bool
same_image(const value &a, const value &b) noexcept
{
	return a.type == b.type && a.bytes() == b.bytes();
}

} // namespace migsafe::jsonb
