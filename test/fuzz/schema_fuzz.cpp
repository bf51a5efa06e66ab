/*
 * schema_fuzz.cpp
 *		Schemas and documents of a fuzzer's choice: sound ones are judged alike by all, and damage is harmless.
 */
#include "support/builder.hpp"
#include "support/generator.hpp"
#include "support/reader.hpp"
#include "support/schema_generator.hpp"
#include "support/schema_reference.hpp"
#include "support/schema_table.hpp"
#include "survival.hpp"

#include <memory>
#include <optional>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

/* What call returns; nothing if it fails in the way of migsafe, which for what is sound is no damage. */
template <typename Call>
auto
survived(const char *what, bool sound, Call call) -> std::optional<decltype(call())>
{
	try
	{
		return call();
	}
	catch (const failure &problem)
	{
		if (sound && problem.sqlstate() == sqlstate("XX001"))
			give_up(what, problem.what());
		return std::nullopt;
	}
}

/* check_structure() does not look at the digits of numbers, nor whether texts are UTF-8, as dump() does. */
bool
is_as_written(std::string_view document)
{
	try
	{
		return is_sound(document) && build(read(document)) == document &&
			   !read(document).dump().empty();
	}
	catch (const std::exception &)
	{
		return false;
	}
}

constexpr schema::compile_options lenient = {true, schema::missing_documents::anything_matches};

compiled_schema
compiled_or_null(std::string_view schema, bool sound, const memory_source &registered)
{
	return survived("compile", sound,
					[&] {
						return schema_engine(fuzzing_limits)
							.compile_document(schema, registered, lenient);
					})
		.value_or(nullptr);
}

/* What a schema was bundled to; nothing if two documents claim to be the same one, and cannot be in one bundle. */
compiled_schema
compiled_bundle(std::string_view bundled)
{
	compiled_schema compiled;
	const auto problem = failure_of([&] {
		compiled =
			schema_engine(fuzzing_limits).compile_document(bundled, memory_source(), lenient);
	});

	if (problem && std::string_view(problem->what()).find("another schema") == std::string::npos)
		give_up("bundle", problem->what());
	return compiled;
}

/* The verdict, which the list of failures has to bear out; nothing if there is none. */
std::optional<bool>
verdict_of(const schema::program &compiled, std::string_view document, bool sound)
{
	schema_engine tested(fuzzing_limits), reporting(fuzzing_limits);
	const auto verdict =
		survived("matches", sound, [&] { return tested.matches(compiled, document); });
	const auto failures = survived("find_failures", sound,
								   [&] { return reporting.find_failures(compiled, document); });

	if (verdict && failures && *verdict != failures->empty())
		give_up("find_failures", "it disagrees with matches");
	return verdict;
}

/* Known keywords in draft 2020-12: there is a second opinion. */
void
try_known(choices &choose)
{
	const json schema = any_schema(choose);
	const auto compiled = compiled_or_null(build(schema), true, memory_source());

	if (!compiled)
		give_up("compile", "it refused a sound schema");
	for (uint32_t i = choose.below(3); i < 3; i++)
	{
		const json instance = any_instance(choose);
		const auto verdict = verdict_of(*compiled, build(instance), true);

		if (verdict && *verdict != is_valid(schema, instance))
			give_up("matches", "the reference has another verdict");
	}
}

/* Any keywords of any draft, and another schema that they may refer to. */
void
try_any(choices &choose)
{
	json schema = any_attempt(choose), other = any_attempt(choose);

	schema["$schema"] = draft_uris[choose.below(static_cast<uint32_t>(draft_uris.size()))];

	const memory_source registered{{"k:nowhere", text_of(other)}};
	const std::string document = build(schema), instance = build(any_document(choose));
	const auto compiled = compiled_or_null(document, true, registered);

	if (!compiled)
		return;

	const std::string bundled = schema_engine(fuzzing_limits).bundle(*compiled, document);

	if (!is_sound(bundled))
		give_up("bundle", "it is damaged");

	const auto again = compiled_bundle(bundled);

	if (!again)
		return;
	for (const std::string &v : {instance, document, bundled})
	{
		const auto verdict = verdict_of(*compiled, v, true);
		const auto same = verdict_of(*again, v, true);

		if (verdict && same && *verdict != *same)
			give_up("bundle", "it has another verdict");
	}
}

/* The document with some bits changed, or cut. */
std::string
damaged(std::string document, choices &choose)
{
	for (uint32_t i = choose.below(4); i > 0; i--)
	{
		const uint32_t at = choose.below(static_cast<uint32_t>(document.size()));

		document[at] = static_cast<char>(document[at] ^ choose.below(256));
	}
	if (choose.one_in(8))
		document.resize(choose.below(static_cast<uint32_t>(document.size()) + 1));
	return document;
}

void
try_bytes(std::string_view schema_bytes, std::string_view document_bytes)
{
	const exact schema(schema_bytes), document(document_bytes);
	const bool sound_schema = is_as_written(schema.get());
	const auto compiled = compiled_or_null(schema.get(), sound_schema, memory_source());

	if (!compiled)
		return;
	verdict_of(*compiled, document.get(), sound_schema && is_as_written(document.get()));
	verdict_of(*compiled, schema.get(), sound_schema);
}

/* Damaged schemas of the generator's, and damaged documents. */
void
try_damaged(choices &choose)
{
	const std::string schema = build(choose.one_in(2) ? any_attempt(choose) : any_schema(choose));
	const std::string document = build(any_instance(choose));

	try_bytes(damaged(schema, choose), document);
	try_bytes(schema, damaged(document, choose));
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const std::string_view input(reinterpret_cast<const char *>(data), size);
	const std::string_view rest = input.substr(std::min<size_t>(1, size));
	const size_t half = rest.size() / 8 * 4;
	choices choose(rest);

	switch (size > 0 ? data[0] % 4 : 0)
	{
		case 0:
			try_known(choose);
			break;
		case 1:
			try_any(choose);
			break;
		case 2:
			try_damaged(choose);
			break;
		default:
			try_bytes(rest.substr(0, half), rest.substr(half));
	}
	return 0;
}
