/*
 * sql_program.hpp
 *		Compiled schemas for functions that are called from SQL.
 */
#pragma once

#include "jsonb/sql_host.hpp"
#include "schema/evaluate.hpp"
#include "schema/program_cache.hpp"

namespace migsafe::schema {

/* The arguments of each function that tests a document. */
enum test_arguments { schema_argument, instance_argument, assert_format_argument };

/* Only what is bundled with migsafe, for functions that are immutable. */
class no_registry : public source
{
public:
	[[nodiscard]] std::optional<std::string> find(const std::string &uri) const override;
	[[nodiscard]] std::string hint() const override;
	[[nodiscard]] std::string parse(std::string_view json) const override;
};

/* JSON text as a jsonb datum in the current memory context. */
const Jsonb *parsed_json(const std::string &json);

/* What a call site keeps from row to row. */
class test_site
{
public:
	/*
	 * The program of the argument schema, compiled unless this site, or else the
	 * session, knows it.  22004 if the schema or assert_format is NULL, and errors
	 * as in compile.hpp.
	 */
	const program &program_of(FunctionCallInfo fcinfo, const source &registered, uint64_t registry);

	/* Does the document match? */
	bool matches(const Jsonb *document);

	/* Add each failure, or so many, as a row (instance_path, keyword_path, message). */
	void report(const Jsonb *document, size_t most, pg::result_set &rows);

private:
	jsonb::arena scratch_;
	std::shared_ptr<const program> compiled_;
	terms_of_use terms_;
	bool constant_ = false; /* the argument schema is one in the statement */
};

/* The same for a document as the argument instance; NULL if that is NULL. */
Datum test_instance(FunctionCallInfo fcinfo, const source &registered, uint64_t registry);

} // namespace migsafe::schema
