#include "pg/message.hpp"

namespace migsafe::pg {

static void
report(int level, const char *message, const char *detail, const char *hint)
{
	ereport(level, errmsg_internal("%s", message), detail[0] ? errdetail_internal("%s", detail) : 0,
			hint[0] ? errhint("%s", hint) : 0);
}

void
notice(const std::string &message, const std::string &hint)
{
	call(report, NOTICE, message.c_str(), "", hint.c_str());
}

void
warning(const std::string &message, const std::string &detail)
{
	call(report, WARNING, message.c_str(), detail.c_str(), "");
}

void
log(const std::string &message, const std::string &detail)
{
	call(report, LOG, message.c_str(), detail.c_str(), "");
}

std::string
count_of(int64 number, const std::string &noun)
{
	return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string
size_text(int64 bytes)
{
	return call([=] {
		return TextDatumGetCString(DirectFunctionCall1(pg_size_pretty, Int64GetDatum(bytes)));
	});
}

void
raise_error(int sqlstate, const char *message, const char *detail, const char *hint)
{
	ereport(ERROR, errcode(sqlstate), errmsg_internal("%s", message),
			detail ? errdetail_internal("%s", detail) : 0, hint ? errhint("%s", hint) : 0);
	pg_unreachable();
}

void
raise_internal_error(const char *message)
{
	elog(ERROR, "%s", message);
	pg_unreachable();
}

} // namespace migsafe::pg
