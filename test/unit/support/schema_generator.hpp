/*
 * schema_generator.hpp
 *		Random schemas: sound ones, and others that only look like schemas.
 */
#pragma once

#include "support/choices.hpp"
#include "support/model.hpp"

namespace migsafe::test_bed {

/*
 * A schema of draft 2020-12, of the keywords that schema_reference.hpp knows.
 * No reference in it goes on for ever.
 */
json any_schema(choices &choose);

/* A value for it: such schemas often accept one, and often do not. */
json any_instance(choices &choose);

/*
 * An object of the keywords of one draft or another, most of them with values of
 * the right form; what it says in $schema is up to the caller.  Each text in it
 * is both a URI reference and no JSON Pointer, each key a URI.
 */
json any_attempt(choices &choose);

} // namespace migsafe::test_bed
