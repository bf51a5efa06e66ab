#include "table/target.hpp"

#include "pg/compat_table.hpp"
#include "pg/message.hpp"
#include "pg/value.hpp"
#include "table/equality_operator.hpp"
#include "table/readable.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::string
relation_label(Relation rel)
{
	return std::string("\"") + RelationGetRelationName(rel) + "\"";
}

const char *
kind_label(char relkind)
{
	switch (relkind)
	{
		case RELKIND_VIEW:
			return "a view";
		case RELKIND_MATVIEW:
			return "a materialized view";
		case RELKIND_FOREIGN_TABLE:
			return "a foreign table";
		case RELKIND_SEQUENCE:
			return "a sequence";
		case RELKIND_INDEX:
		case RELKIND_PARTITIONED_INDEX:
			return "an index";
		case RELKIND_COMPOSITE_TYPE:
			return "a composite type";
		default:
			return "not a table";
	}
}

std::string
schema_of(Relation rel)
{
	return pg::call([=] { return get_namespace_name_or_temp(RelationGetNamespace(rel)); });
}

pg::relation
open_named_by(Oid relid, const char *argument, LOCKMODE mode)
{
	if (pg::call(get_rel_relkind, relid) == '\0')
		throw failure(ERRCODE_UNDEFINED_TABLE, std::string("argument \"") + argument +
												   "\" names no table: there is none with OID " +
												   std::to_string(relid))
			.hint("Pass the table's name, as in 'my_schema.my_table'.");
	return {relid, mode};
}

/* Is this a table whose rows live here, in a table access method? */
void
check_kind(Relation rel, const char *argument)
{
	const char kind = rel->rd_rel->relkind;

	if (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE)
		return;
	throw failure(ERRCODE_WRONG_OBJECT_TYPE, relation_label(rel) + " is " + kind_label(kind))
		.detail(std::string("Argument \"") + argument +
				"\" takes an ordinary or a partitioned table.")
		.hint(kind == RELKIND_VIEW || kind == RELKIND_MATVIEW
				  ? "Name the table below the view instead."
				  : "Name an ordinary or a partitioned table of this server instead.");
}

void
check_not_ours_nor_the_systems(Relation rel, const char *argument)
{
	const Oid relid = RelationGetRelid(rel);
	const std::string schema = schema_of(rel);

	if (pg::call(IsSystemRelation, rel) || relid < FirstNormalObjectId ||
		schema == "information_schema")
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied: " + relation_label(rel) + " is a system catalog")
			.detail(std::string("Argument \"") + argument + "\" takes a table of a user.")
			.hint("Name a table of your own instead.");
	if (schema == "migsafe" || schema == "migsafe_undo")
		throw failure(ERRCODE_WRONG_OBJECT_TYPE,
					  relation_label(rel) + " is a table of migsafe itself")
			.detail(std::string("Argument \"") + argument + "\" takes a table of a user.")
			.hint("Catalogs and undo logs are maintained by migsafe's own functions.");
	if (RELATION_IS_OTHER_TEMP(rel))
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  relation_label(rel) + " is a temporary table of another session")
			.hint("Call migsafe in the session that created the table.");
}

/* Rows are read as they are stored: an expression would find NULL in such a column. */
void
check_stored(Relation rel)
{
	if (compat::has_virtual_columns(RelationGetDescr(rel)))
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table " + relation_label(rel) + " has virtual generated columns")
			.detail(
				"They are computed when a query reads them; migsafe reads rows as they are stored.")
			.hint("Define them as STORED, or drop them for the migration.");
}

bool
has_user_trigger(const TriggerDesc *triggers, bool after)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger &t = triggers->triggers[i];

		if (!t.tgisinternal && TRIGGER_FOR_UPDATE(t.tgtype) &&
			(TRIGGER_FOR_AFTER(t.tgtype) != 0) == after && (after || TRIGGER_FOR_ROW(t.tgtype)))
			return true;
	}
	return false;
}

/* A usable unique index: not partial, no expressions, all its columns NOT NULL, and equal as our queries compare them. */
std::vector<AttrNumber>
unique_columns(Relation rel, Oid index_oid)
{
	pg::relation index(index_oid, AccessShareLock);
	const Form_pg_index form = index->rd_index;
	TupleDesc const descriptor = RelationGetDescr(rel);
	std::vector<AttrNumber> columns;

	if (!form->indisunique || !form->indisvalid || !form->indimmediate ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, nullptr))
		return {};
	for (int i = 0; i < form->indnkeyatts; i++)
	{
		const AttrNumber attnum = form->indkey.values[i];

		if (attnum <= 0 || !compat::is_never_null(descriptor, attnum) ||
			!pg::call(is_as_coarse, index.get(), i, *TupleDescAttr(descriptor, attnum - 1)))
			return {};
		columns.push_back(attnum);
	}
	return columns;
}

bool
overlap(const std::vector<AttrNumber> &a, const std::vector<AttrNumber> &b)
{
	return std::any_of(a.begin(), a.end(),
					   [&](AttrNumber n) { return std::find(b.begin(), b.end(), n) != b.end(); });
}

} // namespace

std::vector<column>
columns_of(TupleDesc descriptor)
{
	std::vector<column> columns;

	for (int i = 0; i < descriptor->natts; i++)
	{
		const Form_pg_attribute att = TupleDescAttr(descriptor, i);

		if (!att->attisdropped)
			columns.push_back({att->attnum, NameStr(att->attname), att->atttypid, att->atttypmod,
							   att->attcollation, att->attgenerated != '\0'});
	}
	return columns;
}

bool
leaf::has_before_update_trigger() const
{
	return rel->trigdesc && rel->trigdesc->trig_update_before_row;
}

bool
leaf::has_after_update_trigger() const
{
	return has_user_trigger(rel->trigdesc, true);
}

Oid
primary_key_index(Relation rel)
{
	return pg::call([=] {
		list_free(RelationGetIndexList(rel)); /* reading the list is what fills rd_pkindex */
		return rel->rd_pkindex;
	});
}

target::target(Oid relid, const char *argument, LOCKMODE mode)
	: rel_(open_named_by(relid, argument, mode))
{
	check_kind(rel(), argument);
	check_not_ours_nor_the_systems(rel(), argument);
	check_stored(rel());
	schema_ = schema_of(rel());
	name_ = RelationGetRelationName(rel());
	columns_ = columns_of(descriptor());
	open_leaves(mode);
}

void
target::open_leaves(LOCKMODE mode)
{
	const Oid root = relid();
	List *const members = pg::call([=] { return find_all_inheritors(root, mode, nullptr); });
	ListCell *cell;

	foreach (cell, members)
	{
		pg::relation member(lfirst_oid(cell), NoLock);

		if (!pg::call(has_privs_of_role, member->rd_rel->relowner, owner()))
			stranger_ =
				pg::qualified_name(schema_of(member.get()), RelationGetRelationName(member.get()));
		if (member->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
			continue;
		if (member->rd_rel->relkind != RELKIND_RELATION)
			throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "table \"" + name_ + "\" has rows in " + relation_label(member.get()) +
							  ", which is " + kind_label(member->rd_rel->relkind))
				.hint("Migrate the partitions that are ordinary tables one by one.");

		TupleConversionMap *const map = pg::call([&, this] {
			return convert_tuples_by_name(RelationGetDescr(member.get()), descriptor());
		});
		std::vector<AttrNumber> from(descriptor()->natts, 0);

		for (const column &c : columns_)
			from[c.attnum - 1] = map ? map->attrMap->attnums[c.attnum - 1] : c.attnum;
		leaves_.push_back({std::move(member), map, std::move(from)});
	}
}

void
target::lock(LOCKMODE mode) const
{
	const Oid root = relid();

	pg::call([=] { (void) find_all_inheritors(root, mode, nullptr); });
	pg::call(LockRelationOid, root, mode);
}

void
target::require(AclMode right, const char *right_name) const
{
	require_right(relid(), right, right_name);
}

void
target::require_readable() const
{
	migsafe::require_readable(relid());
}

void
target::require_updatable(const std::vector<AttrNumber> &columns) const
{
	const Oid id = relid();

	if (pg::call([=] { return pg_class_aclcheck(id, GetUserId(), ACL_UPDATE); }) == ACLCHECK_OK)
		return;
	for (AttrNumber attnum : columns)
	{
		if (pg::call([=] { return pg_attribute_aclcheck(id, attnum, GetUserId(), ACL_UPDATE); }) !=
			ACLCHECK_OK)
			require(ACL_UPDATE, "UPDATE");
	}
	if (columns.empty())
		require(ACL_UPDATE, "UPDATE");
}

void
target::require_trusted_descendants() const
{
	if (stranger_.empty())
		return;

	const std::string role = pg::identifier(pg::call(GetUserNameFromId, owner(), false));

	throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
				  "table " + stranger_ + ", a part of table \"" + name_ +
					  "\", belongs to a role that has not the rights of the owner of the whole")
		.detail("Queries on the whole run as its owner, and code of that role with them.")
		.hint("ALTER TABLE " + stranger_ + " OWNER TO " + role +
			  ", or migrate the parts one by one.");
}

void
target::require_writable_in_place(CmdType command) const
{
	require_trusted_descendants();

	auto check = [=](Relation r) {
		if (r->rd_rules)
			throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "table " + relation_label(r) + " has rules, which would not be applied")
				.hint("Replace the rules by triggers, or drop them for the migration.");
		pg::call(CheckCmdReplicaIdentity, r, command);
	};

	check(rel());
	for (const leaf &l : leaves_)
		check(l.rel.get());
}

std::vector<AttrNumber>
target::primary_key() const
{
	const Oid found = has_children() ? InvalidOid : primary_key_index(rel());

	if (!OidIsValid(found))
		return {};

	pg::relation index(found, AccessShareLock);
	const int2vector &keys = index->rd_index->indkey;

	return {keys.values, keys.values + index->rd_index->indnkeyatts};
}

bool
target::is_primary_key(const std::vector<AttrNumber> &columns) const
{
	const Oid index = has_children() ? InvalidOid : primary_key_index(rel());

	if (!OidIsValid(index))
		return false;

	const std::vector<AttrNumber> key = unique_columns(rel(), index);

	return key.size() == columns.size() &&
		   std::is_permutation(key.begin(), key.end(), columns.begin());
}

int64
target::blocks() const
{
	int64 blocks = 0;

	for (const leaf &l : leaves_)
	{
		Relation const r = l.rel.get();

		blocks += pg::call([=] { return RelationGetNumberOfBlocks(r); });
	}
	return blocks;
}

std::vector<AttrNumber>
target::key(const std::vector<AttrNumber> &changing) const
{
	std::vector<AttrNumber> columns = primary_key();

	if (!columns.empty() || has_children())
		return columns;

	List *const indexes = pg::call(RelationGetIndexList, rel());
	ListCell *cell;

	foreach (cell, indexes)
	{
		columns = unique_columns(rel(), lfirst_oid(cell));
		if (!columns.empty() && !overlap(columns, changing))
			return columns;
	}
	return {};
}

const column *
target::find(const std::string &name) const
{
	const auto c = std::find_if(columns_.begin(), columns_.end(),
								[&](const column &col) { return col.name == name; });

	return c == columns_.end() ? nullptr : &*c;
}

const column &
target::at(AttrNumber attnum) const
{
	return *std::find_if(columns_.begin(), columns_.end(),
						 [=](const column &col) { return col.attnum == attnum; });
}

std::vector<Oid>
target::leaf_ids() const
{
	std::vector<Oid> ids;

	for (const leaf &l : leaves_)
		ids.push_back(RelationGetRelid(l.rel.get()));
	return ids;
}

std::optional<size_t>
target::leaf_no(Oid table) const
{
	const auto found = std::find_if(leaves_.begin(), leaves_.end(), [=](const leaf &l) {
		return RelationGetRelid(l.rel.get()) == table;
	});

	return found == leaves_.end()
			   ? std::nullopt
			   : std::optional<size_t>(static_cast<size_t>(found - leaves_.begin()));
}

size_t
target::required_leaf_no(Oid table) const
{
	const std::optional<size_t> found = leaf_no(table);

	if (!found)
		pg::raise_error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
						"a partition was attached to the table meanwhile", nullptr, "Call again.");
	return *found;
}

std::string
target::quoted() const
{
	return pg::qualified_name(schema_, name_);
}

} // namespace migsafe
