/*
 * server_files.hpp
 *		Who may have files of the server read or written, and which.
 */
#pragma once

#include "pg/value.hpp"

#include <string>

namespace migsafe::archive {

/* 42501 unless the caller may write files of the server, or read them. */
void require_writer_of_files();
void require_reader_of_files();

/* The argument "directory": an absolute path (else 42602), in its canonical form. */
std::string directory_argument(const pg::arguments &args, int i);

} // namespace migsafe::archive
