/*
 * draft.hpp
 *		The drafts of JSON Schema, and what a dialect makes of them.
 */
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace migsafe::schema {

enum class draft : uint8_t { draft4, draft6, draft7, draft2019, draft2020 };

/* A schema without $schema is of this one. */
constexpr draft default_draft = draft::draft2020;

/* The draft whose metaschema this is, by its URI without an empty fragment. */
std::optional<draft> draft_of(std::string_view uri);

constexpr char known_drafts[] =
	"http://json-schema.org/draft-04/schema#, http://json-schema.org/draft-06/schema#, "
	"http://json-schema.org/draft-07/schema#, https://json-schema.org/draft/2019-09/schema and "
	"https://json-schema.org/draft/2020-12/schema";

/* Vocabularies (2020-12 core, section 8.1), as bits; what asserts nothing is not told apart. */
enum vocabulary : uint8_t {
	always_known = 0,
	applicator = 1,
	unevaluated = 2,
	validation = 4,
	format_assertion = 8,
};

/* What keywords mean in a schema: a draft's, less the vocabularies that its metaschema leaves out. */
struct dialect
{
	draft version = default_draft;
	uint8_t vocabularies = applicator | unevaluated | validation;

	bool operator==(const dialect &) const = default;
	[[nodiscard]] bool knows(vocabulary v) const { return (vocabularies & v) == v; }
};

/*
 * The bit of a vocabulary of 2019-09 or 2020-12, by its URI; nothing if it is
 * unknown.  In 2019-09 unevaluated is part of the applicators.
 */
std::optional<uint8_t> vocabulary_of(std::string_view uri);

} // namespace migsafe::schema
