/*
 * reader.hpp
 *		From the bytes of a document to a model of it, without src/jsonb: a second opinion on its reader.
 */
#pragma once

#include "support/model.hpp"

#include <string_view>

namespace migsafe::test_bed {

/* The bytes of a datum after its length word; an exception of the standard library if they are damaged. */
json read(std::string_view document);

} // namespace migsafe::test_bed
