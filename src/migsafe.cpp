/*
 * migsafe.cpp
 *		What the server looks for when it loads the module.
 */
#include "pg/fault.hpp"

extern "C" {
PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	migsafe::pg::guard([] { migsafe::pg::define_fault_setting(); });
}
}
