/*
 * compile.hpp
 *		From a schema document to a program.
 */
#pragma once

#include "jsonb/host.hpp"
#include "schema/program.hpp"
#include "schema/source.hpp"

namespace migsafe::schema {

/* What becomes of a reference to a document that nobody has. */
enum class missing_documents { refused, anything_matches };

struct compile_options
{
	bool assert_format = false;
	missing_documents missing = missing_documents::refused;
};

/*
 * Compile a schema: drafts 4, 6, 7, 2019-09 and 2020-12, as $schema says, which
 * is the last if it is absent.  The document is the data of a jsonb datum
 * after its length word, and is copied.  Errors name keyword and place: 22023
 * for what is no schema, an unknown $schema, a reference that leads nowhere or
 * to itself without end; 42704 for one to a document that neither is bundled
 * nor comes from the source.
 */
std::shared_ptr<const program> compile(std::string_view document, const compile_options &options,
									   const source &registered, const jsonb::host &process);

} // namespace migsafe::schema
