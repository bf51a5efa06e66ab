/*
 * model.hpp
 *		JSON values as tests hold them: nlohmann's, but with numbers that keep every digit.
 *
 * A number is kept as a "binary" value that holds its text as the server would
 * print it, so that 1.50 and 1.5 differ as they do in jsonb.
 */
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace migsafe::test_bed {

using json = nlohmann::json;

/* A number, spelled as in JSON. */
json number(std::string_view literal);

/* The text of a number. */
std::string_view digits_of(const json &number);

/* What of a text jsonb cannot hold, by the element of the outermost array that it stands in. */
using losses = std::map<size_t, std::string>;

/* From JSON; std::runtime_error if it is none.  Of equal keys the last one counts, as in jsonb. */
json parse(std::string_view text, losses *lost = nullptr);

/* To JSON, one line. */
std::string text_of(const json &v);

/* As RFC 6902, section 4.6 says it: numbers are equal if they are so numerically. */
bool same_value(const json &a, const json &b);

} // namespace migsafe::test_bed
