/*
 * patch_table.hpp
 *		Tables of patches and what they have to make of documents.
 */
#pragma once

#include "jsonb/operation.hpp"

#include <string>
#include <vector>

namespace migsafe::test_bed {

struct patch_row
{
	const char *what;
	const char *document, *patch; /* JSON */
	const char *expected;         /* JSON; or the SQLSTATE of the failure */
};

/* Expects each row to do as it says. */
void expect_rows(jsonb::dialect mode, const std::vector<patch_row> &rows);

/* The failure's message, its detail and its hint on a line each; "" if there is none. */
std::string failure_of(jsonb::dialect mode, const char *document, const char *patch);

} // namespace migsafe::test_bed
