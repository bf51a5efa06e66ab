#include "support/numeric.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace migsafe::test_bed {
namespace {

constexpr uint16_t short_flag = 0x8000, short_negative = 0x2000, long_negative = 0x4000;
constexpr int short_scale_max = 63, short_weight_min = -64, short_weight_max = 63;

template <typename T>
void
put(std::string &bytes, T number)
{
	bytes.append(reinterpret_cast<const char *>(&number), sizeof(number));
}

template <typename T>
T
get(std::string_view bytes, size_t at)
{
	T number;

	if (at + sizeof(number) > bytes.size())
		throw std::runtime_error("a numeric is cut short");
	memcpy(&number, bytes.data() + at, sizeof(number));
	return number;
}

bool
is_zero(std::string_view digits)
{
	return digits.find_first_of("123456789") == std::string_view::npos;
}

/* The header and the weight, in the short form if they fit it. */
void
put_header(std::string &image, bool negative, int scale, int weight)
{
	if (scale <= short_scale_max && weight >= short_weight_min && weight <= short_weight_max)
		put(image, static_cast<uint16_t>(short_flag | (negative ? short_negative : 0) | scale << 7 |
										 (weight & 0x7F)));
	else
	{
		put(image, static_cast<uint16_t>((negative ? long_negative : 0) | scale));
		put(image, static_cast<int16_t>(weight));
	}
}

struct header
{
	bool negative;
	int scale, weight;
	size_t size;
};

header
get_header(std::string_view image)
{
	const auto first = get<uint16_t>(image, 4);

	if ((first & 0xC000) == 0xC000)
		throw std::runtime_error("a numeric is no finite number");
	if (first & short_flag)
		return {(first & short_negative) != 0, first >> 7 & 63, (first & 63) - (first & 64), 6};
	return {(first & long_negative) != 0, first & 0x3FFF, get<int16_t>(image, 6), 8};
}

} // namespace

std::string
plain_number(std::string_view json_number)
{
	const bool negative = json_number.front() == '-';
	const size_t e = json_number.find_first_of("eE");
	const std::string_view mantissa = json_number.substr(negative, e - negative);
	const size_t dot = mantissa.find('.');
	std::string digits(mantissa.substr(0, dot));
	long point = static_cast<long>(digits.size());
	long exponent = 0;

	if (dot != std::string_view::npos)
		digits += mantissa.substr(dot + 1);
	if (e != std::string_view::npos)
		exponent = std::stol(std::string(json_number.substr(e + 1)));
	point += exponent;
	if (point < 1)
	{
		digits.insert(0, static_cast<size_t>(1 - point), '0');
		point = 1;
	}
	if (static_cast<size_t>(point) > digits.size())
		digits.append(static_cast<size_t>(point) - digits.size(), '0');

	std::string whole = digits.substr(0, static_cast<size_t>(point));
	const std::string fraction = digits.substr(static_cast<size_t>(point));

	whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
	return (negative && !is_zero(digits) ? "-" : "") + whole +
		   (fraction.empty() ? "" : "." + fraction);
}

std::string
numeric_image(std::string_view plain)
{
	const bool negative = plain.front() == '-';
	const size_t dot = plain.find('.');
	std::string whole(plain.substr(negative, dot - negative));
	std::string fraction(dot == std::string_view::npos ? "" : plain.substr(dot + 1));
	const int scale = static_cast<int>(fraction.size());

	whole.insert(0, (4 - whole.size() % 4) % 4, '0');
	fraction.append((4 - fraction.size() % 4) % 4, '0');

	std::string digits = whole + fraction;
	int weight = static_cast<int>(whole.size() / 4) - 1;

	while (digits.starts_with("0000"))
	{
		digits.erase(0, 4);
		weight--;
	}
	while (digits.ends_with("0000"))
		digits.erase(digits.size() - 4);
	if (digits.empty())
		weight = 0;

	std::string image(4, '\0');

	put_header(image, negative, scale, weight);
	for (size_t i = 0; i < digits.size(); i += 4)
	{
		uint16_t digit = 0;

		std::from_chars(&digits[i], &digits[i] + 4, digit);
		put(image, digit);
	}

	const auto length_word = static_cast<uint32_t>(image.size() << 2);

	memcpy(image.data(), &length_word, sizeof(length_word));
	return image;
}

std::string
numeric_text(std::string_view image)
{
	if (get<uint32_t>(image, 0) != image.size() << 2)
		throw std::runtime_error("a numeric has a wrong length word");

	const header h = get_header(image);
	const size_t count = (image.size() - h.size) / 2;
	std::string text(h.negative ? "-" : "");

	const auto group = [&](int i) {
		const int digit = i >= 0 && static_cast<size_t>(i) < count
							  ? get<int16_t>(image, h.size + 2 * static_cast<size_t>(i))
							  : 0;

		if (digit < 0 || digit > 9999)
			throw std::runtime_error("a numeric has a digit out of range");
		return std::to_string(10000 + digit).substr(1);
	};

	std::string whole, fraction;

	for (int i = 0; i <= h.weight; i++)
		whole += group(i);
	for (int i = h.weight + 1; static_cast<int>(fraction.size()) < h.scale; i++)
		fraction += group(i);
	fraction.resize(static_cast<size_t>(h.scale));
	whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
	text += whole.empty() ? "0" : whole;
	if (h.scale > 0)
		text += "." + fraction;
	if (numeric_image(text) != image)
		throw std::runtime_error("a numeric is not laid out as the server would: " + text);
	return text;
}

} // namespace migsafe::test_bed
