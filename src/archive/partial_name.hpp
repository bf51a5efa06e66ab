/*
 * partial_name.hpp
 *		How the folder of an unfinished export is called, and removed.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::archive {

/* A new name of that kind: <directory>.partial-<16 hexadecimal digits> */
std::string partial_name(const std::string &directory);

bool is_partial_name(std::string_view path);

/* Remove what exports to this directory have left behind whose processes are gone. */
void remove_stale(const std::string &directory);

/*
 * Remove a folder, which is open, and the files in it that an export writes; with
 * others in it, it stays.
 */
void remove_folder(int folder, const char *path) noexcept;

/* The folder in which a canonical absolute path lies. */
std::string parent_of(const std::string &path);

} // namespace migsafe::archive
