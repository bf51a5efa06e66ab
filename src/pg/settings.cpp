#include "pg/settings.hpp"

#include "pg/value.hpp"

extern "C" {
#include "utils/guc_tables.h"
}

#include <algorithm>
#include <cstring>

namespace migsafe::pg {
namespace {

/*
 * Server code: what has its value already is left alone, because the role may not
 * be permitted to set it.
 */
void
set_unless_set(const setting &s, GucAction action, int level)
{
	const GucContext context = superuser() ? PGC_SUSET : PGC_USERSET;
	const char *const now = GetConfigOptionByName(s.name.c_str(), nullptr, true);

	if (!now || strcmp(now, s.value.c_str()) != 0)
		(void) set_config_option(s.name.c_str(), s.value.c_str(), context, PGC_S_SESSION, action,
								 true, level, false);
}

} // namespace

local_settings::local_settings(const std::vector<setting> &settings, if_refused refused)
	: guc_level_(call(NewGUCNestLevel))
{
	const int level = refused == if_refused::error     ? 0
					  : refused == if_refused::warning ? WARNING
													   : DEBUG1;

	for (const setting &s : settings)
		call([&] { set_unless_set(s, GUC_ACTION_SAVE, level); });
}

local_settings::~local_settings()
{
	/* what was set inside goes, too; the abort that an exception leads to unwinds it itself */
	if (std::uncaught_exceptions() == exceptions_)
		AtEOXact_GUC(false, guc_level_);
}

void
set_in_session(const std::vector<setting> &settings)
{
	for (const setting &s : settings)
		call([&] { set_unless_set(s, GUC_ACTION_SET, WARNING); });
}

pinned_output::pinned_output()
	: local_settings(
		  std::vector<setting>{{"client_encoding", GetDatabaseEncodingName()}, /* no conversion */
							   {"DateStyle", "ISO, YMD"},
							   {"IntervalStyle", "postgres"},
							   {"TimeZone", "UTC"},
							   {"extra_float_digits", "3"},
							   {"bytea_output", "hex"},
							   {"lc_monetary", "C"},
							   {"xmloption", "content"},
							   {"array_nulls", "on"},
							   {"quote_all_identifiers", "off"},
							   {"standard_conforming_strings", "on"},
							   {"search_path", "pg_catalog, pg_temp"}})
{
}

namespace {

/*
 * Placeholders of applications included: those are not in pg_settings.  A default of
 * an extension is one everywhere, and where it is not loaded yet could not be set.  Nor
 * those that only superusers may look at: who may read a run may read its settings.
 */
bool
belongs_to_expressions(const config_generic &s)
{
	static const char *const named[] = {"search_path",
										"DateStyle",
										"IntervalStyle",
										"TimeZone",
										"bytea_output",
										"xmlbinary",
										"extra_float_digits",
										"array_nulls",
										"xmloption",
										"lc_monetary",
										"lc_numeric",
										"lc_time",
										"quote_all_identifiers",
										"transform_null_equals",
										"default_text_search_config",
										"standard_conforming_strings",
										"backslash_quote",
										"timezone_abbreviations"};
	const bool custom = strchr(s.name, '.') != nullptr && strncmp(s.name, "migsafe.", 8) != 0 &&
						s.source != PGC_S_DEFAULT && (s.flags & GUC_SUPERUSER_ONLY) == 0;

	return (custom && (s.context == PGC_USERSET || s.context == PGC_SUSET)) ||
		   std::any_of(std::begin(named), std::end(named),
					   [&](const char *name) { return strcmp(name, s.name) == 0; });
}

} // namespace

std::string
settings_of_expressions()
{
	std::string json;
	int count = 0;
	config_generic **const all = call([&] { return compat::all_settings(&count); });

	for (int i = 0; i < count; i++)
	{
		if (!belongs_to_expressions(*all[i]))
			continue;

		const char *const name = all[i]->name;
		const char *const value = call([=] { return GetConfigOptionByName(name, nullptr, true); });

		if (value)
			json += (json.empty() ? "{" : ", ") + json_string(name) + ": " + json_string(value);
	}
	return json + "}";
}

} // namespace migsafe::pg
