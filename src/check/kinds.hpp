/*
 * kinds.hpp
 *		What each kind of check makes of its members.
 */
#pragma once

#include "check/check.hpp"
#include "check/check_reader.hpp"

namespace migsafe {

/* All of them, in the order in which hints list them. */
const std::array<check_kind, 13> &check_kinds();

/* Row-local kinds set the predicate, and a name that describes it. */
void parse_not_null(const target &t, check_reader &reader, check &c);
void parse_type(const target &t, check_reader &reader, check &c);
void parse_has(const target &t, check_reader &reader, check &c);
void parse_lacks(const target &t, check_reader &reader, check &c);
void parse_schema(const target &t, check_reader &reader, check &c);
void parse_expression(const target &t, check_reader &reader, check &c);
void parse_coverage(const target &t, check_reader &reader, check &c);

/* The others set the query. */
void parse_unique(const target &t, check_reader &reader, check &c);
void parse_foreign_key(const target &t, check_reader &reader, check &c);
void parse_reconcile(const target &t, check_reader &reader, check &c);
void parse_max_duration(const target &t, check_reader &reader, check &c);
void parse_exists(const target &t, check_reader &reader, check &c);
void parse_query(const target &t, check_reader &reader, check &c);

/* The column as a document in SQL; 42804 unless it is of type jsonb or json. */
std::string json_document(const check_reader &reader, const column &c);

/* "a, b". */
std::string names_of(const std::vector<const column *> &columns);

} // namespace migsafe
