#include "pg/failure.hpp"
#include "schema/compiler.hpp"
#include "schema/form_check.hpp"

namespace migsafe::schema {
namespace {

uint8_t
bit_of(const jsonb::value &type_name)
{
	return static_cast<uint8_t>(1U << static_cast<unsigned>(type_number(type_name.bytes())));
}

/* One limit of draft 4 is made exclusive by another keyword; later each has its own. */
void
add_limits(std::vector<number_limit> &limits, const schema_object &object, keyword inclusive,
		   keyword exclusive)
{
	const bool flag = object.has(exclusive) && is_boolean(object[exclusive]);

	if (object.has(inclusive))
		limits.push_back({jsonb::number(object[inclusive]),
						  flag && object[exclusive].type == jsonb::format::type_true,
						  object.name(inclusive)});
	if (object.has(exclusive) && !flag)
		limits.push_back({jsonb::number(object[exclusive]), true, object.name(exclusive)});
}

} // namespace

void
compiler::add_types(node &n, const schema_object &object, const resource &home)
{
	if (!object.has(keyword::type))
		return;

	const jsonb::value &type = object[keyword::type];

	n.old_integer = home.terms.version == draft::draft4;
	n.types = 0;
	if (type.is_string())
		n.types = bit_of(type);
	else
	{
		for (jsonb::cursor items(type); items.next();)
			n.types |= bit_of(items.current());
	}
}

void
compiler::add_values(node &n, const schema_object &object) const
{
	if (object.has(keyword::enumeration))
	{
		std::vector<jsonb::value> values;

		for (jsonb::cursor items(object[keyword::enumeration]); items.next();)
			values.push_back(items.current());
		n.allowed = std::make_unique<value_set>(std::move(values), process_);
	}
	if (object.has(keyword::constant))
		n.constant = std::make_unique<value_set>(
			std::vector<jsonb::value>{object[keyword::constant]}, process_);
}

void
compiler::add_numbers(node &n, const schema_object &object)
{
	number_rules rules;

	add_limits(rules.least, object, keyword::minimum, keyword::exclusive_minimum);
	add_limits(rules.most, object, keyword::maximum, keyword::exclusive_maximum);
	if (object.has(keyword::multiple_of))
		rules.multiple_of.emplace(object[keyword::multiple_of]);
	if (!rules.least.empty() || !rules.most.empty() || rules.multiple_of)
		n.numbers = std::make_unique<number_rules>(std::move(rules));
}

pattern
compiler::compiled_pattern(std::string_view text, const schema_object &object, keyword k) const
{
	const std::string_view regex = process_.utf8(text);
	std::optional<pattern> compiled;
	const auto wrong = failure_of([&] { compiled.emplace(regex, text); });

	if (wrong)
		object.fail(k, "cannot be compiled: " + std::string(wrong->what()), wrong->hint());
	program_->bytes += compiled->size();
	return std::move(*compiled);
}

void
compiler::add_strings(node &n, const schema_object &object, const resource &home) const
{
	const bool asserts = options_.assert_format || home.terms.knows(format_assertion);
	string_rules rules;

	rules.length = range_of(object, keyword::min_length, keyword::max_length);
	if (object.has(keyword::pattern))
	{
		rules.pattern_text = object[keyword::pattern].bytes();
		rules.matching = std::make_unique<pattern>(
			compiled_pattern(rules.pattern_text, object, keyword::pattern));
	}
	if (asserts && object.has(keyword::format))
	{
		rules.format_name = object[keyword::format].bytes();
		rules.of_format = format_of(rules.format_name);
	}
	if (rules.length.limits() || rules.matching || rules.of_format != format::none)
		n.strings = std::make_unique<string_rules>(std::move(rules));
}

count_range
range_of(const schema_object &object, keyword least, keyword most)
{
	count_range range;

	if (object.has(least))
		range.least = jsonb::number(object[least]).natural();
	if (object.has(most))
		range.most = jsonb::number(object[most]).natural();
	return range;
}

} // namespace migsafe::schema
