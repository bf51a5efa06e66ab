#include "jsonb/text.hpp"

#include "jsonb/number.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

constexpr int deepest = 20;

/* As UTF-8 has it; other encodings are cut anywhere, a little later. */
bool
begins_character(char c)
{
	return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/* How much of a text to show: about limit bytes. */
size_t
shown_size(std::string_view text, size_t limit)
{
	constexpr size_t longest_character = 4;
	size_t size = std::min(text.size(), limit);

	while (size < text.size() && size < limit + longest_character && !begins_character(text[size]))
		size++;
	return size;
}

class printer
{
public:
	explicit printer(size_t limit) : limit_(limit) {}

	void print(const value &v, int level)
	{
		switch (v.type)
		{
			case format::type_string:
				print_string(v.bytes());
				break;
			case format::type_numeric:
				text += shortened(number(v).text(), limit_);
				break;
			case format::type_container:
				print_container(v, level);
				break;
			case format::type_null:
				text += "null";
				break;
			default:
				text += v.type == format::type_true ? "true" : "false";
		}
	}

	std::string text;

private:
	[[nodiscard]] bool full() const { return text.size() >= limit_; }

	void print_character(char c)
	{
		constexpr char digits[] = "0123456789abcdef";
		const auto code = static_cast<unsigned char>(c);

		if (c == '"' || c == '\\')
			text += '\\';
		if (code >= 0x20)
			text += c;
		else
			text += std::string("\\u00") + digits[code >> 4] + digits[code & 15];
	}

	void print_string(std::string_view string)
	{
		text += '"';
		const size_t room = limit_ - std::min(limit_, text.size());
		const std::string_view shown = string.substr(0, shown_size(string, room));

		for (char c : shown)
			print_character(c);
		text += shown.size() < string.size() ? "...\"" : "\"";
	}

	void print_container(const value &v, int level)
	{
		cursor items(v);
		const bool object = items.parts().is_object();
		bool first = true;

		text += object ? '{' : '[';
		while (items.next())
		{
			text += first ? "" : ", ";
			first = false;
			if (full() || level == deepest)
			{
				text += "...";
				break;
			}
			if (object)
			{
				print_string(items.key());
				text += ": ";
			}
			print(items.current(), level + 1);
		}
		text += object ? '}' : ']';
	}

	const size_t limit_;
};

} // namespace

std::string
shortened(std::string_view text, size_t limit)
{
	const size_t size = shown_size(text, limit);

	return std::string(text.substr(0, size)) + (size < text.size() ? "..." : "");
}

std::string
json_text(const value &v, size_t limit)
{
	printer p(limit);

	p.print(v, 0);
	return std::move(p.text);
}

std::string
escape_token(std::string_view token)
{
	std::string text;

	for (char c : token)
	{
		if (c == '~')
			text += "~0";
		else if (c == '/')
			text += "~1";
		else
			text += c;
	}
	return text;
}

} // namespace migsafe::jsonb
