#include "jsonb/pointer.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace migsafe::jsonb {
namespace {

/* The character that ~code stands for; '\0' if there is none. */
char
unescape(char code, stars mode)
{
	if (code == '0')
		return '~';
	if (code == '1')
		return '/';
	return code == '2' && mode == stars::allowed ? '*' : '\0';
}

/* False if the token holds an invalid escape. */
bool
parse_token(std::string_view raw, stars mode, pointer_token *token)
{
	if (raw == "*" && mode == stars::allowed)
	{
		token->star = true;
		return true;
	}
	for (size_t i = 0; i < raw.size(); i++)
	{
		char c = raw[i];

		if (c == '~')
		{
			c = ++i < raw.size() ? unescape(raw[i], mode) : '\0';
			if (c == '\0')
				return false;
		}
		token->name += c;
	}
	return true;
}

} // namespace

pointer
parse_pointer(std::string_view text, stars mode)
{
	pointer result;

	if (!text.empty() && text[0] != '/')
		result.error = "it does not begin with /";
	for (size_t at = 0; at < text.size() && result.error.empty();)
	{
		const size_t end = std::min(text.find('/', at + 1), text.size());

		result.tokens.emplace_back();
		if (!parse_token(text.substr(at + 1, end - at - 1), mode, &result.tokens.back()))
			result.error = mode == stars::allowed ? "~ is followed by none of 0, 1 and 2"
												  : "~ is followed by neither 0 nor 1";
		at = end;
	}
	return result;
}

long
array_index(std::string_view token) noexcept
{
	long index = -1;

	if (token.empty() || (token.size() > 1 && token[0] == '0') || token[0] == '-')
		return -1;

	const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);

	if (end != token.data() + token.size())
		return -1;
	return error == std::errc::result_out_of_range ? std::numeric_limits<long>::max() : index;
}

} // namespace migsafe::jsonb
