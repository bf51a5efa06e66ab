#include "schema/draft.hpp"

namespace migsafe::schema {
namespace {

struct draft_name
{
	std::string_view uri;
	draft version;
};

constexpr draft_name drafts[] = {
	{"http://json-schema.org/draft-04/schema", draft::draft4},
	{"http://json-schema.org/draft-06/schema", draft::draft6},
	{"http://json-schema.org/draft-07/schema", draft::draft7},
	{"https://json-schema.org/draft/2019-09/schema", draft::draft2019},
	{"https://json-schema.org/draft/2020-12/schema", draft::draft2020},
};

struct vocabulary_name
{
	std::string_view uri;
	uint8_t bits;
};

constexpr vocabulary_name vocabularies[] = {
	{"https://json-schema.org/draft/2019-09/vocab/core", always_known},
	{"https://json-schema.org/draft/2019-09/vocab/applicator", applicator | unevaluated},
	{"https://json-schema.org/draft/2019-09/vocab/validation", validation},
	{"https://json-schema.org/draft/2019-09/vocab/meta-data", always_known},
	{"https://json-schema.org/draft/2019-09/vocab/format", format_assertion},
	{"https://json-schema.org/draft/2019-09/vocab/content", always_known},
	{"https://json-schema.org/draft/2020-12/vocab/core", always_known},
	{"https://json-schema.org/draft/2020-12/vocab/applicator", applicator},
	{"https://json-schema.org/draft/2020-12/vocab/unevaluated", unevaluated},
	{"https://json-schema.org/draft/2020-12/vocab/validation", validation},
	{"https://json-schema.org/draft/2020-12/vocab/meta-data", always_known},
	{"https://json-schema.org/draft/2020-12/vocab/format-annotation", always_known},
	{"https://json-schema.org/draft/2020-12/vocab/format-assertion", format_assertion},
	{"https://json-schema.org/draft/2020-12/vocab/content", always_known},
};

} // namespace

std::optional<draft>
draft_of(std::string_view uri)
{
	if (uri.ends_with('#'))
		uri.remove_suffix(1);
	for (const draft_name &d : drafts)
	{
		if (d.uri == uri)
			return d.version;
	}
	return std::nullopt;
}

std::optional<uint8_t>
vocabulary_of(std::string_view uri)
{
	for (const vocabulary_name &v : vocabularies)
	{
		if (v.uri == uri)
			return v.bits;
	}
	return std::nullopt;
}

} // namespace migsafe::schema
