#pragma once

#include "archive/manifest.hpp"

namespace migsafe::archive {

/*
 * Can a backup of this table hold what was exported?  42804 if columns or types are
 * others, 0A000 if the encoding is.  An enum may have more labels.
 */
void require_fits(const manifest &m, const target &t);

} // namespace migsafe::archive
