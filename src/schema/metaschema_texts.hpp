/*
 * metaschema_texts.hpp
 *		The texts of the metaschemas, as json-schema.org publishes them today: with
 *		the errata since each draft.
 */
#pragma once

namespace migsafe::schema::texts {

extern const char draft_04[];
extern const char draft_06[];
extern const char draft_07[];
extern const char draft_2019_09_applicator[];
extern const char draft_2019_09_content[];
extern const char draft_2019_09_core[];
extern const char draft_2019_09_format[];
extern const char draft_2019_09_meta_data[];
extern const char draft_2019_09_validation[];
extern const char draft_2019_09[];
extern const char draft_2020_12_applicator[];
extern const char draft_2020_12_content[];
extern const char draft_2020_12_core[];
extern const char draft_2020_12_format_annotation[];
extern const char draft_2020_12_format_assertion[];
extern const char draft_2020_12_meta_data[];
extern const char draft_2020_12_unevaluated[];
extern const char draft_2020_12_validation[];
extern const char draft_2020_12[];

} // namespace migsafe::schema::texts
