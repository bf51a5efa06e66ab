/*
 * generator.hpp
 *		Random documents, and documents much like another.
 */
#pragma once

#include "support/choices.hpp"
#include "support/model.hpp"

namespace migsafe::test_bed {

/*
 * Few different keys and values, so that they meet again; keys that pointers
 * have to escape; now and then more members than an offset stride or two.
 */
json any_document(choices &choose);

json any_value(choices &choose, int depth);

std::string any_key(choices &choose);

/* A value of the same shape: with the same keys and containers, but other scalars. */
json alike(const json &v, choices &choose);

/* Change the document at a few random places. */
void disturb(json &document, choices &choose);

} // namespace migsafe::test_bed
