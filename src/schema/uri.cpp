#include "schema/uri.hpp"

namespace migsafe::schema {
namespace {

/* Cut text up to the first of these characters, or all of it. */
std::string_view
take_until(std::string_view &text, std::string_view ends)
{
	const size_t size = std::min(text.find_first_of(ends), text.size());
	const std::string_view taken = text.substr(0, size);

	text.remove_prefix(size);
	return taken;
}

/* RFC 3986, section 5.2.3. */
std::string
merged_path(const uri_parts &base, std::string_view path)
{
	if (base.authority.data() != nullptr && base.path.empty())
		return "/" + std::string(path);

	const size_t slash = base.path.rfind('/');

	return std::string(base.path.substr(0, slash == std::string_view::npos ? 0 : slash + 1)) +
		   std::string(path);
}

void
remove_last_segment(std::string &path)
{
	const size_t slash = path.rfind('/');

	path.resize(slash == std::string::npos ? 0 : slash);
}

/* RFC 3986, section 5.2.4. */
std::string
without_dots(std::string_view path)
{
	std::string result;

	while (!path.empty())
	{
		if (path.starts_with("../"))
			path.remove_prefix(3);
		else if (path.starts_with("./") || path.starts_with("/./"))
			path.remove_prefix(2);
		else if (path == "/.")
			path = "/";
		else if (path.starts_with("/../") || path == "/..")
		{
			path = path == "/.." ? "/" : path.substr(3);
			remove_last_segment(result);
		}
		else if (path == "." || path == "..")
			path = {};
		else
		{
			const size_t slash = path.find('/', 1);

			result += path.substr(0, slash);
			path.remove_prefix(std::min(slash, path.size()));
		}
	}
	return result;
}

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

uri_parts
split_uri(std::string_view text)
{
	uri_parts parts;
	const size_t colon = text.find_first_of(":/?#");

	if (colon != std::string_view::npos && colon > 0 && text[colon] == ':')
	{
		parts.scheme = text.substr(0, colon);
		text.remove_prefix(colon + 1);
	}
	if (text.starts_with("//"))
	{
		text.remove_prefix(2);
		parts.authority = take_until(text, "/?#");
	}
	parts.path = take_until(text, "?#");
	if (text.starts_with('?'))
	{
		text.remove_prefix(1);
		parts.query = take_until(text, "#");
	}
	if (text.starts_with('#'))
		parts.fragment = text.substr(1);
	return parts;
}

std::string
resolve_uri(std::string_view base_uri, std::string_view reference)
{
	const uri_parts base = split_uri(base_uri);
	uri_parts target = split_uri(reference);
	std::string path;

	if (target.scheme.data() != nullptr || target.authority.data() != nullptr)
		path = without_dots(target.path);
	else
	{
		target.authority = base.authority;
		if (target.path.empty())
		{
			path = base.path;
			if (target.query.data() == nullptr)
				target.query = base.query;
		}
		else
			path = without_dots(target.path.starts_with('/') ? std::string(target.path)
															 : merged_path(base, target.path));
	}
	if (target.scheme.data() == nullptr)
		target.scheme = base.scheme;

	std::string uri;

	if (target.scheme.data() != nullptr)
		uri += std::string(target.scheme) + ":";
	if (target.authority.data() != nullptr)
		uri += "//" + std::string(target.authority);
	uri += path;
	if (target.query.data() != nullptr)
		uri += "?" + std::string(target.query);
	return uri;
}

std::string_view
fragment_of(std::string_view reference)
{
	return split_uri(reference).fragment;
}

std::string
percent_decoded(std::string_view text)
{
	std::string result;

	for (size_t i = 0; i < text.size(); i++)
	{
		const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
		const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;

		if (low < 0)
		{
			result += text[i];
			continue;
		}
		result += static_cast<char>(16 * high + low);
		i += 2;
	}
	return result;
}

} // namespace migsafe::schema
