/*
 * schema_table.hpp
 *		Answers about schemas, as text that tables can hold.
 */
#pragma once

#include "pg/failure.hpp"
#include "support/schema_engine.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migsafe::test_bed {

/* The URIs of the metaschemas, that of draft 4 first. */
inline const std::vector<std::string> draft_uris = {
	"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#",
	"http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema",
	"https://json-schema.org/draft/2020-12/schema"};

/* The schema, which is JSON text of an object, with a $schema in front. */
std::string of_draft(std::string_view uri, std::string_view schema);

/* "instance_path | keyword_path | message" for each failure of a JSON text; a line each. */
std::string failures_of(std::string_view schema, std::string_view document,
						const schema::source &registered = memory_source(),
						const schema::compile_options &options = {});

/* Does the JSON text match?  Expects that there is a failure if, and only if, it does not. */
bool matches(std::string_view schema, std::string_view document,
			 const schema::source &registered = memory_source(),
			 const schema::compile_options &options = {});

/* What is wrong with a schema: SQLSTATE, message, detail and hint, a line each; "" if nothing is. */
std::string broken_by(std::string_view schema, const schema::source &registered = memory_source(),
					  const schema::compile_options &options = {});

/* The same of any failure. */
std::string told(const failure &problem);

} // namespace migsafe::test_bed
