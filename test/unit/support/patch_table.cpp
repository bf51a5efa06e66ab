#include "support/patch_table.hpp"

#include "pg/failure.hpp"
#include "support/engine.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

namespace migsafe::test_bed {
namespace {

/* The reverse of sqlstate(). */
std::string
code_of(const failure &problem)
{
	std::string code;

	for (int i = 0; i < 5; i++)
		code += static_cast<char>('0' + (problem.sqlstate() >> (6 * i) & 0x3F));
	return code;
}

std::string
outcome(engine &tested, jsonb::dialect mode, const patch_row &row)
{
	try
	{
		const std::string document = encoded(row.document);
		const std::string patched = tested.patch(document, encoded(row.patch), mode);

		jsonb::check_structure(patched);
		return decoded(patched);
	}
	catch (const failure &problem)
	{
		return code_of(problem);
	}
}

/* A state of class 22 stands for itself. */
std::string
normalized(const char *expected)
{
	const std::string text(expected);

	return text.size() == 5 && text.starts_with("22") ? text : decoded(encoded(text));
}

} // namespace

void
expect_rows(jsonb::dialect mode, const std::vector<patch_row> &rows)
{
	engine tested;

	for (const patch_row &row : rows)
		EXPECT_EQ(outcome(tested, mode, row), normalized(row.expected))
			<< row.what << ": " << row.patch << " on " << row.document;
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

std::string
failure_of(jsonb::dialect mode, const char *document, const char *patch)
{
	try
	{
		engine().patch(encoded(document), encoded(patch), mode);
		return "";
	}
	catch (const failure &problem)
	{
		return std::string(problem.what()) + "\n" + problem.detail() + "\n" + problem.hint() + "\n";
	}
}

} // namespace migsafe::test_bed
