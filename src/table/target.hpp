/*
 * target.hpp
 *		The table being migrated: what it is, and whether it may be a target.
 */
#pragma once

#include "pg/relation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

struct column
{
	AttrNumber attnum;
	std::string name;
	Oid type;
	int32 typmod;
	Oid collation;
	bool generated;
};

/* Those that are not dropped. */
std::vector<column> columns_of(TupleDesc descriptor);

/*
 * A table that holds rows of the target: the target itself, or one of its
 * partitions or inheritance children.  Its columns may lie in another order.
 */
struct leaf
{
	pg::relation rel;
	TupleConversionMap *to_target;       /* nullptr: the same layout */
	std::vector<AttrNumber> from_target; /* [attnum of the target - 1] = attnum here, or 0 */

	[[nodiscard]] bool has_before_update_trigger() const;
	[[nodiscard]] bool has_after_update_trigger() const; /* a user's, not a foreign key's */
};

/* The index of the table's primary key, or InvalidOid.  To be kept: whoever opens it may make the server forget it. */
Oid primary_key_index(Relation rel);

class target
{
public:
	/*
	 * Open the table for a function's argument, with its descendants, each
	 * locked in mode.  ERRORs: undefined table (42P01), not an ordinary or
	 * partitioned table (42809), a system catalog (42501), a table of migsafe
	 * (42809), a temporary table of another session, a foreign partition (0A000).
	 */
	target(Oid relid, const char *argument, LOCKMODE mode);

	/* Lock the table and its descendants more strongly. */
	void lock(LOCKMODE mode) const;

	/* 42501 unless the caller may read the whole table and no policy hides rows from him. */
	void require_readable() const;
	/* 42501 unless the caller may update these columns; with none, the whole table. */
	void require_updatable(const std::vector<AttrNumber> &columns) const;
	/* 42501 unless the caller has this right on the table. */
	void require(AclMode right, const char *right_name) const;
	/*
	 * 42501 if a partition or child belongs to a role that has not the rights of the target's
	 * owner: to plan a query on the target, as its owner, would run code of that role with them.
	 */
	void require_trusted_descendants() const;
	/* The same; and 55000 if a publication would make updates fail; 0A000 if a rule would be bypassed. */
	void require_writable_in_place(CmdType command) const;

	/*
	 * Choose the columns that tell rows apart: the primary key, else a unique
	 * index over NOT NULL columns none of which is changing.  Empty if there is
	 * none, or if the rows are spread over inheritance children, where no index
	 * is unique.
	 */
	[[nodiscard]] std::vector<AttrNumber> key(const std::vector<AttrNumber> &changing) const;
	/* The columns of the primary key, if there is one. */
	[[nodiscard]] std::vector<AttrNumber> primary_key() const;
	/* Are these the columns of a primary key that holds at each moment, so not of a deferrable one? */
	[[nodiscard]] bool is_primary_key(const std::vector<AttrNumber> &columns) const;

	/* Of all leaves. */
	[[nodiscard]] int64 blocks() const;

	[[nodiscard]] const column *find(const std::string &name) const;
	[[nodiscard]] const column &at(AttrNumber attnum) const;

	[[nodiscard]] std::string quoted() const; /* schema-qualified */
	[[nodiscard]] TupleDesc descriptor() const { return RelationGetDescr(rel_.get()); }
	[[nodiscard]] Relation rel() const { return rel_.get(); }
	[[nodiscard]] Oid relid() const { return RelationGetRelid(rel_.get()); }
	[[nodiscard]] Oid owner() const { return rel_->rd_rel->relowner; }
	[[nodiscard]] char persistence() const { return rel_->rd_rel->relpersistence; }
	[[nodiscard]] bool partitioned() const
	{
		return rel_->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
	}
	[[nodiscard]] bool has_children() const { return !partitioned() && leaves_.size() > 1; }
	[[nodiscard]] const std::string &schema() const { return schema_; }
	[[nodiscard]] const std::string &name() const { return name_; }
	[[nodiscard]] const std::vector<column> &columns() const { return columns_; }
	[[nodiscard]] const std::vector<leaf> &leaves() const { return leaves_; }
	/* All of them. */
	[[nodiscard]] std::vector<Oid> leaf_ids() const;
	/* The number of a table among the leaves, if it is one. */
	[[nodiscard]] std::optional<size_t> leaf_no(Oid table) const;
	/* Server code.  The same of a table in which a query has found rows; 55000 if it is none of them yet. */
	[[nodiscard]] size_t required_leaf_no(Oid table) const;

private:
	pg::relation rel_;
	std::string schema_, name_;
	std::vector<column> columns_;
	std::vector<leaf> leaves_;
	std::string stranger_; /* a descendant that may not be trusted, qualified; or empty */

	void open_leaves(LOCKMODE mode);
};

} // namespace migsafe
