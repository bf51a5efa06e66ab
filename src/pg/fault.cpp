#include "pg/fault.hpp"

#include "pg/settings.hpp"

#include <cstring>
#include <new>
#include <stdexcept>

namespace migsafe::pg {

static char *fault_setting = nullptr;

void
define_fault_setting()
{
	DefineCustomStringVariable(
		"migsafe.debug_fault", "Injects a fault, for tests of migsafe itself.",
		"\"<place>:<kind>\"; the places are named in the source.", &fault_setting, "", PGC_SUSET,
		GUC_NOT_IN_SAMPLE, nullptr, nullptr, nullptr);
}

/* What to do at this place; nullptr: nothing. */
static const char *
fault_at(const char *place)
{
	if (fault_setting == nullptr || fault_setting[0] == '\0')
		return nullptr;

	const size_t length = strlen(place);

	if (strncmp(fault_setting, place, length) != 0 || fault_setting[length] != ':')
		return nullptr;
	return fault_setting + length + 1;
}

bool
is_switched_off(const char *place)
{
	const char *const kind = fault_at(place);

	return kind && strcmp(kind, "off") == 0;
}

/* Shared, so that who is stopped here and there holds up nobody else. */
static void
await_lock()
{
	const local_settings patient(std::vector<setting>{{"lock_timeout", "0"}});

	call([] {
		DirectFunctionCall1(pg_advisory_lock_shared_int8, Int64GetDatum(1));
		DirectFunctionCall1(pg_advisory_unlock_shared_int8, Int64GetDatum(1));
	});
}

void
fault_point(const char *place)
{
	const char *const kind = fault_at(place);

	if (kind == nullptr)
		return;
	if (strcmp(kind, "exception") == 0)
		throw std::runtime_error("injected C++ exception");
	if (strcmp(kind, "bad_alloc") == 0)
		throw std::bad_alloc();
	if (strcmp(kind, "error") == 0)
		call([] { ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("injected error")); });
	if (strcmp(kind, "sleep") == 0)
		call([] { DirectFunctionCall1(pg_sleep, Float8GetDatum(60.0)); });
	if (strcmp(kind, "lock") == 0)
		await_lock();
}

} // namespace migsafe::pg
