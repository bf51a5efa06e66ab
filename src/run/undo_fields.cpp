#include "run/undo_fields.hpp"

#include "catalog/pruned.hpp"
#include "catalog/session.hpp"
#include "table/column_sql.hpp"

#include <algorithm>

namespace migsafe {
namespace {

void
require_column(Relation undo, const undo_fixed_column &column, AttrNumber number)
{
	if (undo_position(undo, column.name, column.type) != number - 1)
		throw altered_undo_log(undo, std::string("Column \"") + column.name + "\" was moved.");
}

} // namespace

std::vector<undo_field>
undo_fields(const catalog::run_record &run)
{
	catalog::session spi; /* for its search_path */
	std::vector<undo_field> fields;

	for (const pg::text_row &row :
		 spi->query("SELECT c OPERATOR(pg_catalog.->>) 'attnum', c OPERATOR(pg_catalog.->>) 'name',"
					" c OPERATOR(pg_catalog.->>) 'type', c OPERATOR(pg_catalog.->>) 'key'"
					" FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY e (c, n) ORDER BY n",
					{pg::value::json(run.undo_columns)}))
		fields.push_back(
			{static_cast<AttrNumber>(std::stoi(*row[0])), *row[1], *row[2], row[3] == "true"});
	return fields;
}

std::optional<Oid>
find_undo_table(const catalog::run_record &run)
{
	const Oid table = run.undo_name ? pg::call([&] {
		const Oid schema = get_namespace_oid(run.undo_schema->c_str(), true);

		return OidIsValid(schema) ? get_relname_relid(run.undo_name->c_str(), schema) : InvalidOid;
	})
									: InvalidOid;

	return OidIsValid(table) ? std::optional(table) : std::nullopt;
}

bool
has_place(Oid undo, const column &c)
{
	const std::string name = "old_" + std::to_string(c.attnum);

	return pg::call([&] {
		const AttrNumber at = get_attnum(undo, name.c_str());

		return at != InvalidAttrNumber && get_atttype(undo, at) == getBaseType(c.type);
	});
}

void
require_places(const target &t, const catalog::run_record &run, Oid undo)
{
	for (const undo_field &f : undo_fields(run))
	{
		const auto c = std::find_if(t.columns().begin(), t.columns().end(),
									[&](const column &now) { return now.attnum == f.number; });

		if (c == t.columns().end() || has_place(undo, *c))
			continue;
		throw failure(ERRCODE_DATATYPE_MISMATCH, "column \"" + c->name + "\" of table \"" +
													 t.name() + "\" is not what it was when run " +
													 std::to_string(run.run_id) + " began")
			.detail("It was of type " + f.type + ", and is of type " + type_name(*c) + " now.")
			.hint("Give it that type again, and go on by CALL migsafe.resume_online(" +
				  std::to_string(run.run_id) + ")." +
				  (run.rollback_of ? " Or take back the other columns: " +
										 another_rollback(*run.rollback_of, ", columns => ...")
								   : ""));
	}
}

std::string
another_rollback(int64 run_id, const std::string &arguments)
{
	return "CALL migsafe.rollback_online(" + std::to_string(run_id) + arguments +
		   ") begins another rollback, which finds unchanged what this one has taken back.";
}

Oid
undo_table(const catalog::run_record &run)
{
	const std::string id = std::to_string(run.run_id);

	if (!run.undo_name)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "run " + id + " has no undo log")
			.detail("It is a " + run.kind + ".")
			.hint("Runs with an undo log are those of kind run and rollback in migsafe.status.");
	if (const auto table = find_undo_table(run))
		return *table;
	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "the undo log of run " + id + " is gone")
		.detail(catalog::run_pruned(run.run_id)
					.value_or("It was the table " +
							  pg::qualified_name(*run.undo_schema, *run.undo_name) + "."))
		.hint(run.rollback_of && !catalog::is_committed(run.run_id)
				  ? another_rollback(*run.rollback_of)
				  : "If there is a backup, use migsafe.restore().");
}

failure
altered_undo_log(Relation undo, const std::string &what)
{
	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, std::string("undo log \"") +
																 RelationGetRelationName(undo) +
																 "\" was altered since the run")
		.detail(what)
		.hint("If there is a backup, use migsafe.restore().");
}

int
undo_position(Relation undo, const std::string &name, Oid type)
{
	const TupleDesc descriptor = RelationGetDescr(undo);

	for (int i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		if (!att.attisdropped && name == NameStr(att.attname) &&
			(!OidIsValid(type) || att.atttypid == type))
			return i;
	}
	throw altered_undo_log(undo,
						   "It has no column \"" + name + "\" of the type that was recorded.");
}

void
require_first_columns(Relation undo)
{
	AttrNumber number = undo_seq;

	for (const undo_fixed_column &column : undo_first)
		require_column(undo, column, number++);
}

void
require_fixed_columns(Relation undo, const undo_layout &layout)
{
	AttrNumber number = layout.changed;

	require_first_columns(undo);
	for (const undo_fixed_column &column : undo_change)
		require_column(undo, column, number++);
}

pg::relation
open_undo_log(const catalog::run_record &run)
{
	pg::call(LockRelationOid, undo_table(run), AccessShareLock);

	/* who held the lock may have dropped it */
	pg::relation undo(undo_table(run), AccessShareLock);

	if (undo->rd_rel->relkind != RELKIND_RELATION)
		throw altered_undo_log(undo.get(), "It is not an ordinary table.");
	return undo;
}

} // namespace migsafe
