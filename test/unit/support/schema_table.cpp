#include "support/schema_table.hpp"

#include "support/model.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

namespace migsafe::test_bed {

using namespace schema;

std::string
of_draft(std::string_view uri, std::string_view schema)
{
	json object = parse(schema);

	object["$schema"] = uri;
	return text_of(object);
}

std::string
failures_of(std::string_view schema, std::string_view document, const source &registered,
			const compile_options &options)
{
	schema_engine tested;
	const auto compiled = tested.compile(schema, registered, options);
	std::string lines;

	for (const output_unit &unit : tested.find_failures(*compiled, encoded(document)))
		lines += unit.instance_path + " | " + unit.keyword_path + " | " + unit.message + "\n";
	return lines;
}

bool
matches(std::string_view schema, std::string_view document, const source &registered,
		const compile_options &options)
{
	schema_engine tested;
	const auto compiled = tested.compile(schema, registered, options);
	const std::string bytes = encoded(document);
	const bool verdict = tested.matches(*compiled, bytes);

	EXPECT_EQ(tested.find_failures(*compiled, bytes).empty(), verdict)
		<< schema << " on " << document;
	return verdict;
}

std::string
broken_by(std::string_view schema, const source &registered, const compile_options &options)
{
	const schema_engine tested;
	const auto problem = failure_of([&] { (void) tested.compile(schema, registered, options); });

	return problem ? told(*problem) : "";
}

std::string
told(const failure &problem)
{
	std::string code;

	for (int i = 0; i < 5; i++)
		code += static_cast<char>('0' + (problem.sqlstate() >> (6 * i) & 0x3F));
	return code + "\n" + problem.what() + "\n" + problem.detail() + "\n" + problem.hint() + "\n";
}

} // namespace migsafe::test_bed
