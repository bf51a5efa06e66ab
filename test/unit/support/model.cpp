#include "support/model.hpp"

#include "support/numeric.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace migsafe::test_bed {
namespace {

json
plain(const std::string &digits)
{
	return json::binary({digits.begin(), digits.end()});
}

constexpr char kept_apart = '\x7F';

/* nlohmann's parser refuses numbers beyond a double: they are given to it as strings with a mark. */
std::string
with_large_numbers_kept_apart(std::string_view text)
{
	std::string result;
	bool quoted = false;

	while (!text.empty())
	{
		const size_t size =
			quoted ? 0 : std::min(text.find_first_not_of("+-.0123456789Ee"), text.size());
		const std::string_view token = text.substr(0, std::max<size_t>(size, 1));
		const size_t exponent = token.find_first_of("eE");
		const bool large = size > 300 || (exponent < size && size - exponent > 3);

		if (token == "\"")
			quoted = !quoted;
		result += large ? "\"" + std::string(1, kept_apart) + std::string(token) + "\""
						: std::string(token);
		text.remove_prefix(token.size());
		if (quoted && token == "\\" && !text.empty())
		{
			result += text.front();
			text.remove_prefix(1);
		}
	}
	return result;
}

/* Takes over what nlohmann's parser finds. */
class collector : public nlohmann::json_sax<json>
{
public:
	explicit collector(losses *lost) : lost_(lost) {}

	json take() { return std::move(root_); }

	bool null() override { return add(nullptr); }
	bool boolean(bool v) override { return add(v); }
	bool number_integer(number_integer_t v) override { return add(plain(std::to_string(v))); }
	bool number_unsigned(number_unsigned_t v) override { return add(plain(std::to_string(v))); }
	bool number_float(number_float_t, const string_t &text) override { return add(number(text)); }
	bool string(string_t &text) override
	{
		if (text.starts_with(kept_apart))
			return add(number(text.substr(1)));
		check_string(text);
		return add(text);
	}
	bool binary(binary_t &) override { return false; }
	bool start_object(std::size_t) override { return open(json::object()); }
	bool start_array(std::size_t) override { return open(json::array()); }
	bool end_object() override { return close(); }
	bool end_array() override { return close(); }
	bool key(string_t &text) override
	{
		check_string(text);
		if (open_.back()->contains(text))
			lose("two members of one object have the same key");
		key_ = text;
		return true;
	}
	bool parse_error(std::size_t, const std::string &, const json::exception &problem) override
	{
		throw std::runtime_error(problem.what());
	}

private:
	json &place(json v)
	{
		if (open_.empty())
			return root_ = std::move(v);
		if (open_.back()->is_object())
			return (*open_.back())[key_] = std::move(v);
		open_.back()->push_back(std::move(v));
		return open_.back()->back();
	}

	bool add(json v)
	{
		place(std::move(v));
		return true;
	}

	bool open(json v)
	{
		open_.push_back(&place(std::move(v)));
		return true;
	}

	bool close()
	{
		open_.pop_back();
		return true;
	}

	void check_string(const std::string &text)
	{
		if (text.find('\0') != std::string::npos)
			lose("a string holds \\u0000");
	}

	void lose(const char *what)
	{
		if (lost_ && !root_.empty())
			lost_->insert_or_assign(root_.size() - 1, what);
	}

	losses *lost_;
	json root_;
	std::vector<json *> open_;
	std::string key_;
};

/* Without what does not change the value. */
std::string_view
significant(std::string_view digits)
{
	if (digits.find('.') == std::string_view::npos)
		return digits;
	digits = digits.substr(0, digits.find_last_not_of('0') + 1);
	return digits.ends_with('.') ? digits.substr(0, digits.size() - 1) : digits;
}

} // namespace

json
number(std::string_view literal)
{
	return plain(plain_number(literal));
}

std::string_view
digits_of(const json &number)
{
	const auto &bytes = number.get_binary();

	return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

json
parse(std::string_view text, losses *lost)
{
	collector found(lost);

	json::sax_parse(with_large_numbers_kept_apart(text), &found);
	return found.take();
}

std::string
text_of(const json &v)
{
	std::string text;

	if (v.is_binary())
		return std::string(digits_of(v));
	if (!v.is_structured())
		return v.dump(-1, ' ', false, json::error_handler_t::replace);
	for (const auto &[key, member] : v.items())
	{
		text += text.empty() ? "" : ", ";
		if (v.is_object())
			text += text_of(json(key)) + ": ";
		text += text_of(member);
	}
	return v.is_object() ? "{" + text + "}" : "[" + text + "]";
}

bool
same_value(const json &a, const json &b)
{
	if (a.is_binary() && b.is_binary())
		return significant(digits_of(a)) == significant(digits_of(b));
	if (a.type() != b.type() || a.size() != b.size())
		return false;
	if (a.is_array())
		return std::equal(a.begin(), a.end(), b.begin(), same_value);
	if (!a.is_object())
		return a == b;
	for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right)
	{
		if (left.key() != right.key() || !same_value(*left, *right))
			return false;
	}
	return true;
}

} // namespace migsafe::test_bed
