#include "jsonb/text.hpp"

#include "jsonb/number.hpp"

namespace migsafe::jsonb {
namespace {

constexpr int deepest = 20;

/* Is there a character that begins at this byte?  True for every encoding without multibyte characters, too. */
bool
begins_character(char c)
{
	return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
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
				text += number(v).text();
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
		for (char c : string)
		{
			if (full() && begins_character(c))
			{
				text += "...";
				break;
			}
			print_character(c);
		}
		text += '"';
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
