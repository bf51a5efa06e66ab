#include "pg/settings.hpp"

namespace migsafe::pg {

pinned_output::pinned_output()
{
	guc_level_ = call([] {
		static const char *const settings[][2] = {
			{"client_encoding", nullptr}, /* the server's: no conversion */
			{"DateStyle", "ISO, YMD"},    {"IntervalStyle", "postgres"},
			{"TimeZone", "UTC"},          {"extra_float_digits", "3"},
			{"bytea_output", "hex"},      {"lc_monetary", "C"},
			{"xmloption", "content"},     {"search_path", "pg_catalog, pg_temp"}};
		const int level = NewGUCNestLevel();

		for (const auto &[name, value] : settings)
			(void) set_config_option(name, value ? value : GetDatabaseEncodingName(), PGC_USERSET,
									 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
		return level;
	});
}

pinned_output::~pinned_output()
{
	/* the abort that an exception leads to unwinds the settings itself */
	if (std::uncaught_exceptions() == exceptions_)
		AtEOXact_GUC(true, guc_level_);
}

no_row_security::no_row_security()
{
	guc_level_ = call([] {
		const int level = NewGUCNestLevel();

		(void) set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
		return level;
	});
}

no_row_security::~no_row_security()
{
	if (std::uncaught_exceptions() == exceptions_)
		AtEOXact_GUC(true, guc_level_);
}

} // namespace migsafe::pg
