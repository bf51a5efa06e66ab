/*
 * metaschema.cpp
 *		Metaschemas by URI.
 */
#include "schema/metaschema.hpp"

#include "schema/metaschema_texts.hpp"

#include <algorithm>

namespace migsafe::schema {

namespace {

struct entry
{
	std::string_view uri;
	const char *text;
};

constexpr bool
operator<(const entry &a, const entry &b) noexcept
{
	return a.uri < b.uri;
}

constexpr entry entries[] = {
	{"http://json-schema.org/draft-04/schema", texts::draft_04},
	{"http://json-schema.org/draft-06/schema", texts::draft_06},
	{"http://json-schema.org/draft-07/schema", texts::draft_07},
	{"https://json-schema.org/draft/2019-09/meta/applicator", texts::draft_2019_09_applicator},
	{"https://json-schema.org/draft/2019-09/meta/content", texts::draft_2019_09_content},
	{"https://json-schema.org/draft/2019-09/meta/core", texts::draft_2019_09_core},
	{"https://json-schema.org/draft/2019-09/meta/format", texts::draft_2019_09_format},
	{"https://json-schema.org/draft/2019-09/meta/meta-data", texts::draft_2019_09_meta_data},
	{"https://json-schema.org/draft/2019-09/meta/validation", texts::draft_2019_09_validation},
	{"https://json-schema.org/draft/2019-09/schema", texts::draft_2019_09},
	{"https://json-schema.org/draft/2020-12/meta/applicator", texts::draft_2020_12_applicator},
	{"https://json-schema.org/draft/2020-12/meta/content", texts::draft_2020_12_content},
	{"https://json-schema.org/draft/2020-12/meta/core", texts::draft_2020_12_core},
	{"https://json-schema.org/draft/2020-12/meta/format-annotation",
	 texts::draft_2020_12_format_annotation},
	{"https://json-schema.org/draft/2020-12/meta/format-assertion",
	 texts::draft_2020_12_format_assertion},
	{"https://json-schema.org/draft/2020-12/meta/meta-data", texts::draft_2020_12_meta_data},
	{"https://json-schema.org/draft/2020-12/meta/unevaluated", texts::draft_2020_12_unevaluated},
	{"https://json-schema.org/draft/2020-12/meta/validation", texts::draft_2020_12_validation},
	{"https://json-schema.org/draft/2020-12/schema", texts::draft_2020_12},
};

static_assert(std::is_sorted(std::begin(entries), std::end(entries)));

} // namespace

std::string_view
metaschema(std::string_view uri) noexcept
{
	const entry *found = std::lower_bound(std::begin(entries), std::end(entries), entry{uri, ""});

	return found != std::end(entries) && found->uri == uri ? found->text : std::string_view();
}

} // namespace migsafe::schema
