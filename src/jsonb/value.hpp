/*
 * value.hpp
 *		Reading binary JSONB where it lies.
 *
 * Nothing is copied, and every length and offset is checked before it is
 * followed: damaged bytes raise XX001, and never lead outside of the document.
 */
#pragma once

#include "jsonb/format.hpp"

#include <cstring>
#include <optional>
#include <string_view>

namespace migsafe::jsonb {

/* A value within a document that outlives it. */
struct value
{
	uint32_t type = format::type_null;
	uint32_t length = 0;        /* of its data, without padding */
	const char *data = nullptr; /* of a string, numeric or container */

	[[nodiscard]] bool is_container() const { return type == format::type_container; }
	[[nodiscard]] bool is_object() const
	{
		return is_container() && header() & format::flag_object;
	}
	[[nodiscard]] bool is_array() const { return is_container() && !is_object(); }
	[[nodiscard]] bool is_string() const { return type == format::type_string; }
	/* The bytes of a string, numeric or container. */
	[[nodiscard]] std::string_view bytes() const { return {data, length}; }
	/* As jsonb_typeof says it. */
	[[nodiscard]] const char *type_name() const;

private:
	[[nodiscard]] uint32_t header() const
	{
		uint32_t word;

		memcpy(&word, data, sizeof(word));
		return word;
	}
};

/* 
 * The value of a document, given as the data of the jsonb datum after its
 * length word, at an address that is a multiple of four.  XX001 if damaged.
 */
value root_of(std::string_view document);

/* Byte for byte the same value: 1.0 is not 1.00. */
bool same_image(const value &a, const value &b) noexcept;

/* The first and the last bytes of two texts of one size, which may overlap. */
template <typename Word>
bool
same_ends(std::string_view a, std::string_view b) noexcept
{
	const size_t last = a.size() - sizeof(Word);
	Word first_a, first_b, last_a, last_b;

	memcpy(&first_a, a.data(), sizeof(Word));
	memcpy(&first_b, b.data(), sizeof(Word));
	memcpy(&last_a, a.data() + last, sizeof(Word));
	memcpy(&last_b, b.data() + last, sizeof(Word));
	return first_a == first_b && last_a == last_b;
}

/* The same bytes?  Most keys are short: a call of memcmp would take longer than the comparison. */
inline bool
same_bytes(std::string_view a, std::string_view b) noexcept
{
	const size_t size = a.size();

	if (size != b.size())
		return false;
	if (size > 2 * sizeof(uint64_t))
		return memcmp(a.data(), b.data(), size) == 0;
	if (size >= sizeof(uint64_t))
		return same_ends<uint64_t>(a, b);
	if (size >= sizeof(uint32_t))
		return same_ends<uint32_t>(a, b);
	return size == 0 || (same_ends<uint8_t>(a, b) && a[size / 2] == b[size / 2]);
}

/* The order of keys in an object: negative, zero or positive. */
inline int
compare_keys(std::string_view a, std::string_view b) noexcept
{
	if (a.size() != b.size())
		return a.size() < b.size() ? -1 : 1;
	return same_bytes(a, b) ? 0 : memcmp(a.data(), b.data(), a.size());
}

/* The parts of a container, checked; the basis of everything that reads one. */
class container
{
public:
	/* v is a container. */
	explicit container(const value &v)
	{
		uint32_t header;

		if (v.length < sizeof(header))
			damaged();
		memcpy(&header, v.data, sizeof(header));
		object_ = header & format::flag_object;
		count_ = header & format::count_mask;
		if (object_ == ((header & format::flag_array) != 0))
			damaged();

		const size_t head = sizeof(header) * (size_t{1} + (object_ ? 2 : 1) * size_t{count_});

		if (head > v.length)
			damaged();
		entries_ = v.data + sizeof(header);
		base_ = v.data + head;
		size_ = v.length - static_cast<uint32_t>(head);
	}

	[[nodiscard]] uint32_t count() const { return count_; }
	[[nodiscard]] bool is_object() const { return object_; }

	/* Entries by number: the keys of an object first, then its values. */
	[[nodiscard]] uint32_t entry(uint32_t i) const
	{
		uint32_t word;

		memcpy(&word, entries_ + size_t{4} * i, sizeof(word));
		return word;
	}
	[[nodiscard]] uint32_t entries() const { return object_ ? 2 * count_ : count_; }
	[[nodiscard]] const char *entry_bytes() const { return entries_; }
	/* What the entries are of: keys, then values. */
	[[nodiscard]] std::string_view data() const { return {base_, size_}; }

	/* Where an entry ends, if it begins at this offset. */
	[[nodiscard]] uint32_t end_of(uint32_t entry, uint32_t begin) const
	{
		const uint32_t field = entry & format::entry_length_mask;
		const uint32_t end = entry & format::entry_has_offset ? field : begin + field;

		if (end < begin || end > size_)
			damaged();
		return end;
	}

	/* The value of an entry that lies between these offsets. */
	[[nodiscard]] value value_at(uint32_t entry, uint32_t begin, uint32_t end) const
	{
		const uint32_t type = entry & format::entry_type_mask;

		if (format::is_aligned_type(type))
		{
			begin = format::aligned(begin);
			if (begin + sizeof(uint32_t) > end)
				damaged();
		}
		return {type, end - begin, base_ + begin};
	}
	[[nodiscard]] std::string_view key_at(uint32_t entry, uint32_t begin, uint32_t end) const
	{
		if ((entry & format::entry_type_mask) != format::type_string)
			damaged();
		return {base_ + begin, end - begin};
	}

	/* Where the ith entry begins; looks at no more than a stride of them. */
	[[nodiscard]] uint32_t begin_of(uint32_t i) const;

	/* By random access. */
	[[nodiscard]] std::string_view key(uint32_t i) const;
	[[nodiscard]] value element(uint32_t i) const;
	/* The ith member's value. */
	[[nodiscard]] value member(uint32_t i) const { return element(count_ + i); }
	/* The value of the member of that name, by binary search. */
	[[nodiscard]] std::optional<value> find(std::string_view key) const;

	[[noreturn]] static void damaged();

private:
	const char *entries_;
	const char *base_;
	uint32_t count_;
	uint32_t size_; /* of the data */
	bool object_;
};

/* The members of an object or the elements of an array, in order. */
class cursor
{
public:
	explicit cursor(const value &v) : parts_(v)
	{
		if (parts_.is_object())
			value_offset_ = parts_.begin_of(parts_.count());
	}

	/* Go to the next one; false at the end. */
	bool next()
	{
		if (next_ == parts_.count())
			return false;

		uint32_t i = next_++;

		if (parts_.is_object())
		{
			const uint32_t entry = parts_.entry(i);
			const uint32_t end = parts_.end_of(entry, key_offset_);

			key_ = parts_.key_at(entry, key_offset_, end);
			key_offset_ = end;
			i += parts_.count();
		}

		const uint32_t entry = parts_.entry(i);
		const uint32_t end = parts_.end_of(entry, value_offset_);

		value_ = parts_.value_at(entry, value_offset_, end);
		value_offset_ = end;
		return true;
	}

	[[nodiscard]] std::string_view key() const { return key_; }
	[[nodiscard]] const value &current() const { return value_; }
	[[nodiscard]] const container &parts() const { return parts_; }

private:
	container parts_;
	uint32_t next_ = 0;
	uint32_t key_offset_ = 0;
	uint32_t value_offset_ = 0;
	std::string_view key_;
	value value_;
};

/*
 * Check a whole document: entries, offsets, alignment, the order of keys, the
 * headers of numerics, zero padding, and that offsets stand where the server
 * would put them.  XX001 says what is wrong.  For tests, and for documents that
 * nobody vouches for.
 */
void check_structure(std::string_view document);

} // namespace migsafe::jsonb
