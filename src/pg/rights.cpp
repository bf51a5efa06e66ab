#include "pg/rights.hpp"

#include <utility>

namespace migsafe::pg {

elevated::elevated(Oid role, bool restricted)
{
	GetUserIdAndSecContext(&saved_role_, &saved_context_);
	guc_level_ = call([] {
		const int level = NewGUCNestLevel();

		/* a policy that hides rows from the role must be an ERROR, not a gap */
		for (const auto &[name, value] :
			 {std::pair{"search_path", "pg_catalog, pg_temp"}, std::pair{"row_security", "off"},
			  std::pair{"standard_conforming_strings", "on"},
			  std::pair{"quote_all_identifiers", "off"}, std::pair{"default_tablespace", ""},
			  std::pair{"default_table_access_method", "heap"}})
			(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
									 0, false);
		return level;
	});

	/* an owner reads his table whole, as foreign keys do, even if policies are forced on him */
	SetUserIdAndSecContext(role, saved_context_ | SECURITY_LOCAL_USERID_CHANGE |
									 SECURITY_NOFORCE_RLS |
									 (restricted ? SECURITY_RESTRICTED_OPERATION : 0));
}

elevated::~elevated()
{
	SetUserIdAndSecContext(saved_role_, saved_context_);

	/* the abort that an exception leads to unwinds the setting itself */
	if (std::uncaught_exceptions() == exceptions_)
		AtEOXact_GUC(false, guc_level_);
}

restricted_role::restricted_role(Oid role) : guc_level_(call(NewGUCNestLevel))
{
	GetUserIdAndSecContext(&saved_role_, &saved_context_);
	SetUserIdAndSecContext(role, saved_context_ | SECURITY_LOCAL_USERID_CHANGE |
									 SECURITY_RESTRICTED_OPERATION);
}

restricted_role::~restricted_role()
{
	SetUserIdAndSecContext(saved_role_, saved_context_);
	if (std::uncaught_exceptions() == exceptions_)
		AtEOXact_GUC(false, guc_level_);
}

} // namespace migsafe::pg
