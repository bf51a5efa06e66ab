/*
 * text_fuzz.cpp
 *		Texts of a fuzzer's choice as what stands in the strings of documents and schemas: formats, patterns, URIs.
 */
#include "schema/format.hpp"
#include "schema/pattern.hpp"
#include "schema/uri.hpp"
#include "survival.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

constexpr auto last_format = static_cast<uint8_t>(schema::format::relative_json_pointer);

/* A text is of a format or not; none makes it fail. */
void
try_formats(std::string_view text)
{
	for (uint8_t f = 0; f <= last_format; f++)
		static_cast<void>(schema::has_format(schema::format{f}, text));
	if (schema::has_format(schema::format::regex, text) != schema::pattern_error(text).empty())
		give_up("format", "regex disagrees with pattern_error");
}

/* Whether it matches; nothing if it may not be compiled, or takes too long. */
std::optional<bool>
verdict_of(std::string_view regex, std::string_view subject, schema::execution how)
{
	try
	{
		return schema::pattern(regex, how).matches(subject);
	}
	catch (const failure &problem)
	{
		const int state = problem.sqlstate();

		if (state == sqlstate("2201B") && schema::pattern_error(regex).empty() &&
			std::string_view(problem.what()).find("not supported") == std::string_view::npos)
			give_up("pattern", problem.what());
		if (state != sqlstate("2201B") && state != sqlstate("54000") && state != sqlstate("XX001"))
			give_up("pattern", problem.what());
		return std::nullopt;
	}
}

/* Machine code and the interpreter are of one mind. */
void
try_pattern(std::string_view regex, std::string_view subject)
{
	const auto compiled = verdict_of(regex, subject, schema::execution::compiled);
	const auto interpreted = verdict_of(regex, subject, schema::execution::interpreted);

	if (compiled && interpreted && *compiled != *interpreted)
		give_up("pattern", "its machine code has another verdict");
}

void
try_uris(std::string_view base, std::string_view reference)
{
	if (schema::resolve_uri(base, reference).find('#') != std::string::npos)
		give_up("resolve_uri", "it has a fragment");
	if (schema::percent_decoded(reference).size() > reference.size())
		give_up("percent_decoded", "it has grown");
}

} // namespace

/* Two texts, with a newline between them. */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const std::string_view input(reinterpret_cast<const char *>(data), size);
	const size_t end = std::min(input.find('\n'), size);
	const exact first(input.substr(0, end)), second(input.substr(std::min(end + 1, size)));

	try_formats(first.get());
	try_pattern(first.get(), second.get());
	try_uris(first.get(), second.get());
	return 0;
}
