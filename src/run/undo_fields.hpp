/*
 * undo_fields.hpp
 *		The columns of an undo log, and what they are in the target now.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "pg/relation.hpp"
#include "run/undo_layout.hpp"
#include "table/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* A column of the target as it was when the run began. */
struct undo_field
{
	AttrNumber number; /* its number then: that of key_<n>, old_<n>, and of its bit */
	std::string name, type;
	bool is_key;
};

std::vector<undo_field> undo_fields(const catalog::run_record &run);

/* The undo log's table, if it has one that is still there. */
std::optional<Oid> find_undo_table(const catalog::run_record &run);

/* The undo log's table; 55000 if there is none, or none any more. */
Oid undo_table(const catalog::run_record &run);

/* 55000: the owner of the target, whose the undo log is, has made something else of it. */
failure altered_undo_log(Relation undo, const std::string &what);

/* Does the undo log hold values of this column of the target, and of the type that it has today? */
bool has_place(Oid undo, const column &c);

/* 42804 unless each column that the run knew, and that is still there, has_place() in its undo log. */
void require_places(const target &t, const catalog::run_record &run, Oid undo);

/* For a hint, where a rollback of the run cannot go on: a sentence.  arguments: of the call, after the first. */
std::string another_rollback(int64 run_id, const std::string &arguments = "");

/* The position, from 0, of an undo log's column of this name, and type unless that is InvalidOid; 55000 if it has none. */
int undo_position(Relation undo, const std::string &name, Oid type);

/* 55000 unless the columns that each undo log has are where they were: those before the key, or all. */
void require_first_columns(Relation undo);
void require_fixed_columns(Relation undo, const undo_layout &layout);

/*
 * The undo log, locked in ACCESS SHARE; 55000 as above, and unless it is an
 * ordinary table: a view could run code of its owner with the rights of the reader.
 * To be called before an SQL statement of our own reads it.
 */
pg::relation open_undo_log(const catalog::run_record &run);

} // namespace migsafe
