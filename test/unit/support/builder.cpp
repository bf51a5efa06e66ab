#include "support/builder.hpp"

#include "support/numeric.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace migsafe::test_bed {
namespace {

constexpr uint32_t numeric_entry = 0x10000000, false_entry = 0x20000000, true_entry = 0x30000000,
				   null_entry = 0x40000000, container_entry = 0x50000000, offset_entry = 0x80000000;
constexpr uint32_t scalar_header = 0x10000000, object_header = 0x20000000,
				   array_header = 0x40000000;

class builder
{
public:
	std::string build_root(const json &v)
	{
		if (v.is_structured())
			add_container(v);
		else
			add_parts(array_header | scalar_header, {}, {&v});
		return std::move(bytes_);
	}

private:
	using keys = std::vector<const std::string *>;
	using values = std::vector<const json *>;

	void put(size_t at, uint32_t word) { memcpy(&bytes_[at], &word, sizeof(word)); }

	void pad() { bytes_.resize((bytes_.size() + 3) / 4 * 4); }

	void add_container(const json &v)
	{
		keys names;
		values parts;

		if (v.is_array())
		{
			for (const json &element : v)
				parts.push_back(&element);
			add_parts(array_header, names, parts);
			return;
		}

		std::vector<json::object_t::const_pointer> members;

		for (const auto &member : v.get_ref<const json::object_t &>())
			members.push_back(&member);
		std::sort(members.begin(), members.end(), [](const auto *a, const auto *b) {
			return std::pair<size_t, std::string_view>(a->first.size(), a->first) <
				   std::pair<size_t, std::string_view>(b->first.size(), b->first);
		});
		for (const auto *member : members)
		{
			names.push_back(&member->first);
			parts.push_back(&member->second);
		}
		add_parts(object_header, names, parts);
	}

	/* Header, room for the entries, and then each part's data with its entry. */
	void add_parts(uint32_t flags, const keys &names, const values &parts)
	{
		pad();

		const size_t header = bytes_.size();
		const size_t count = names.size() + parts.size();
		const size_t data = header + 4 * (1 + count);

		bytes_.resize(data);
		put(header, flags | static_cast<uint32_t>(parts.size()));
		for (size_t i = 0; i < count; i++)
		{
			const size_t begin = bytes_.size();
			uint32_t type = 0;

			if (i < names.size())
				bytes_ += *names[i];
			else
				type = add_value(*parts[i - names.size()]);
			put(header + 4 * (1 + i),
				type | (i % 32 == 0 ? offset_entry | static_cast<uint32_t>(bytes_.size() - data)
									: static_cast<uint32_t>(bytes_.size() - begin)));
		}
	}

	/* The value's data, and its type. */
	uint32_t add_value(const json &v)
	{
		switch (v.type())
		{
			case json::value_t::null:
				return null_entry;
			case json::value_t::boolean:
				return v.get<bool>() ? true_entry : false_entry;
			case json::value_t::string:
				bytes_ += v.get_ref<const std::string &>();
				return 0;
			case json::value_t::binary:
				pad();
				bytes_ += numeric_image(digits_of(v));
				return numeric_entry;
			default:
				add_container(v);
				return container_entry;
		}
	}

	std::string bytes_;
};

void
append_words(std::string &bytes, std::initializer_list<uint32_t> words)
{
	for (uint32_t word : words)
		bytes.append(reinterpret_cast<const char *>(&word), sizeof(word));
}

} // namespace

std::string
build(const json &v)
{
	return builder().build_root(v);
}

std::string
build_nested(size_t levels)
{
	return build_nested(levels, build(json::array()));
}

std::string
build_nested(size_t levels, const std::string &core)
{
	std::string bytes;

	for (size_t inner = levels - 1; inner > 0; inner--)
	{
		const size_t size = 8 * (inner - 1) + core.size();

		append_words(bytes, {array_header | 1,
							 container_entry | offset_entry | static_cast<uint32_t>(size)});
	}
	return bytes + core;
}

std::string
build_nested_objects(size_t levels)
{
	std::string bytes;

	for (size_t inner = levels - 1; inner > 0; inner--)
	{
		const size_t size = 16 * (inner - 1) + 4;

		/* The key is one byte, and three bytes of padding count as the value's. */
		append_words(bytes, {object_header | 1, offset_entry | 1,
							 container_entry | static_cast<uint32_t>(3 + size)});
		bytes.append("a\0\0\0", 4);
	}
	append_words(bytes, {object_header});
	return bytes;
}

} // namespace migsafe::test_bed
