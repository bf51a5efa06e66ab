/*
 * schema_reference.hpp
 *		JSON Schema 2020-12 once more, as plainly as its text has it: what src/schema is compared with.
 */
#pragma once

#include "support/model.hpp"

namespace migsafe::test_bed {

/*
 * Is the document valid?  Of the schema no keyword is known but type, enum,
 * const, those of numbers, lengths and counts, pattern, prefixItems, items,
 * contains, uniqueItems, those of members, dependent..., unevaluated..., logic,
 * if, and $ref to "#" or a definition.  Patterns are texts that are to be found,
 * at the beginning after ^ and at the end before $.
 */
bool is_valid(const json &schema, const json &document);

} // namespace migsafe::test_bed
