#include "jsonb/value.hpp"

#include "pg/failure.hpp"

#include <bit>
#include <vector>

namespace migsafe::jsonb {
namespace {

/* What is read here is not to be trusted, and so is nothing that reads it elsewhere. */
class checker
{
public:
	explicit checker(std::string_view document) : document_(document) {}

	void check()
	{
		if (document_.size() > format::entry_length_mask)
			fail(0, "the document is larger than jsonb can be");
		check_container({0, static_cast<uint32_t>(document_.size())});
		/* Levels wait here instead of on the stack: documents can be deeper than it. */
		while (!waiting_.empty())
		{
			const span next = waiting_.back();

			waiting_.pop_back();
			check_container(next);
		}
	}

private:
	/* Offsets in the document. */
	struct span
	{
		uint32_t begin, end;

		[[nodiscard]] uint32_t size() const { return end - begin; }
	};

	[[noreturn]] static void fail(uint32_t at, const std::string &what)
	{
		throw failure(sqlstate("XX001"), "a jsonb value is damaged")
			.detail("At byte " + std::to_string(at) + ": " + what + ".")
			.hint("Find the row by its key, and restore its value from a backup.");
	}

	template <typename T>
	[[nodiscard]] T number_at(uint32_t at) const
	{
		T number;

		memcpy(&number, document_.data() + at, sizeof(number));
		return number;
	}
	[[nodiscard]] uint32_t word(uint32_t at) const { return number_at<uint32_t>(at); }
	[[nodiscard]] std::string_view bytes(span s) const
	{
		return document_.substr(s.begin, s.size());
	}

	void check_container(span s)
	{
		if (s.size() < sizeof(uint32_t))
			fail(s.begin, "a container is cut short");

		const uint32_t header = word(s.begin);
		const uint32_t count = header & format::count_mask;
		const bool object = header & format::flag_object;
		const bool scalar = header & format::flag_scalar;
		const uint64_t entries = object ? uint64_t{2} * count : count;

		if ((header & ~(format::count_mask | format::flag_scalar)) !=
			(object ? format::flag_object : format::flag_array))
			fail(s.begin, "a container is neither an object nor an array");
		if (scalar && (object || count != 1 || s.begin != 0))
			fail(s.begin, "what is marked as a scalar is none");
		if (sizeof(uint32_t) * (1 + entries) > s.size())
			fail(s.begin, "a container has no room for its entries");
		check_entries(s, object ? count : 0, static_cast<uint32_t>(entries), scalar);
	}

	/* The first ones are of keys. */
	void check_entries(span s, uint32_t keys, uint32_t entries, bool scalar)
	{
		const uint32_t data = s.begin + 4 * (1 + entries);
		uint32_t begin = data;
		std::string_view last_key;

		for (uint32_t i = 0; i < entries; i++)
		{
			const uint32_t at = s.begin + 4 * (1 + i);
			const uint32_t entry = word(at);
			const uint32_t end = end_of(at, i, data, begin, s.end);
			const uint32_t type = entry & format::entry_type_mask;

			if (i < keys)
				check_key(at, type, {begin, end}, i > 0, last_key);
			else
				check_value(at, type, {begin, end}, scalar);
			begin = end;
		}
		if (begin != s.end)
			fail(begin, "a container is larger than what it holds");
	}

	/* Offsets stand at every 32nd place, lengths elsewhere. */
	[[nodiscard]] uint32_t end_of(uint32_t at, uint32_t i, uint32_t data, uint32_t begin,
								  uint32_t limit) const
	{
		const uint32_t entry = word(at);
		const bool offset = entry & format::entry_has_offset;
		const uint32_t end = (offset ? data : begin) + (entry & format::entry_length_mask);

		if (offset != (i % format::offset_stride == 0))
			fail(at, offset ? "an offset stands in the place of a length"
							: "a length stands in the place of an offset");
		if (end < begin || end > limit)
			fail(at, "an entry ends outside of its container");
		return end;
	}

	void check_key(uint32_t at, uint32_t type, span s, bool has_last, std::string_view &last) const
	{
		const std::string_view key = bytes(s);

		if (type != format::type_string)
			fail(at, "a key is no string");
		if (has_last && compare_keys(last, key) >= 0)
			fail(s.begin, "keys are out of order");
		last = key;
	}

	void check_value(uint32_t at, uint32_t type, span s, bool scalar)
	{
		switch (type)
		{
			case format::type_string:
				return;
			case format::type_null:
			case format::type_true:
			case format::type_false:
				if (s.size() > 0)
					fail(at, "a value without data has some");
				return;
			case format::type_numeric:
				return check_numeric(skip_padding(s));
			case format::type_container:
				if (scalar)
					fail(at, "what is marked as a scalar is none");
				waiting_.push_back(skip_padding(s));
				return;
			default:
				fail(at, "an entry is of an unknown type");
		}
	}

	/* The padding is part of the value. */
	[[nodiscard]] span skip_padding(span s) const
	{
		const uint32_t begin = format::aligned(s.begin);

		if (begin > s.end)
			fail(s.begin, "a value is cut short");
		for (uint32_t i = s.begin; i < begin; i++)
		{
			if (document_[i] != 0)
				fail(i, "padding is not zero");
		}
		return {begin, s.end};
	}

	/* A length word, a header of two or four bytes, and digits to the base of 10,000. */
	void check_numeric(span s) const
	{
		if (s.size() < 6 || word(s.begin) != length_word(s.size()))
			fail(s.begin, "a number has a wrong length");

		const uint32_t header = number_at<uint16_t>(s.begin + 4);
		const bool short_form = header & 0x8000;
		const span digits{s.begin + (short_form ? 6 : 8), s.end};

		if ((header & 0xC000) == 0xC000)
			fail(s.begin, "a number is not finite");
		if (digits.begin > digits.end || digits.size() % 2 != 0)
			fail(s.begin, "a number has a wrong length");
		if (digits.size() == 0 && header & (short_form ? 0x2000 : 0x4000))
			fail(s.begin, "a zero is negative");
		check_digits(digits);
	}

	/* As the server packs it, for a datum that is neither compressed nor short. */
	[[nodiscard]] static uint32_t length_word(uint32_t size)
	{
		return std::endian::native == std::endian::little ? size << 2 : size;
	}

	/* Without zeros at either end. */
	void check_digits(span s) const
	{
		for (uint32_t at = s.begin; at < s.end; at += 2)
		{
			const auto digit = number_at<int16_t>(at);

			if (digit < 0 || digit > 9999)
				fail(at, "a number has a digit that is none");
			if (digit == 0 && (at == s.begin || at + 2 == s.end))
				fail(at, "a number begins or ends with zeros");
		}
	}

	const std::string_view document_;
	std::vector<span> waiting_;
};

} // namespace

void
check_structure(std::string_view document)
{
	checker(document).check();
}

} // namespace migsafe::jsonb
