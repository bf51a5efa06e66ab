/*
 * related_tables.hpp
 *		Tables that have rows in common, in queries of the catalogs.
 */
#pragma once

namespace migsafe::catalog {

/*
 * Behind WITH RECURSIVE, of the table whose OID is parameter $1.  below: the table itself, its
 * partitions or inheritance children, theirs, and so on.  related: those, and what they are
 * partitions or children of.
 */
inline constexpr char related_tables[] =
	"below (oid) AS (SELECT $1::oid UNION"
	" SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid),"
	" related (oid) AS (SELECT b.oid FROM below b UNION"
	" SELECT i.inhparent FROM related b JOIN pg_inherits i ON i.inhrelid = b.oid) ";

} // namespace migsafe::catalog
