#pragma once

#include "pg/relation.hpp"

namespace migsafe {

/* 42501 unless the caller has this right on the relation. */
void require_right(Oid relid, AclMode right, const char *right_name);

/* 42501 unless the caller may read the whole relation and no policy hides rows from him. */
void require_readable(Oid relid);

} // namespace migsafe
