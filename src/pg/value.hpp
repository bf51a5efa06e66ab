#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migsafe::pg {

/* A typed SQL value on its way into a statement or a result. */
struct value
{
	Datum datum = 0;
	Oid type = UNKNOWNOID;
	bool null = true;

	static value none(Oid type) { return {0, type, true}; }
	static value of(bool v) { return {BoolGetDatum(v), BOOLOID, false}; }
	static value of(int32 v) { return {Int32GetDatum(v), INT4OID, false}; }
	static value of(int64 v) { return {Int64GetDatum(v), INT8OID, false}; }
	static value of(const std::optional<int64> &v) { return v ? of(*v) : none(INT8OID); }
	static value of_oid(Oid v) { return {ObjectIdGetDatum(v), OIDOID, false}; }
	static value of_timestamp(TimestampTz v)
	{
		return {TimestampTzGetDatum(v), TIMESTAMPTZOID, false};
	}

	/* Copied into the current memory context. */
	static value text(const std::string &v);
	static value text(const std::optional<std::string> &v);
	static value name(const std::string &v);
	/* From JSON text; none if it is empty. */
	static value json(const std::string &v);
	static value text_array(const std::vector<std::string> &v);
	static value oid_array(const std::vector<Oid> &v);
	/* A duration in microseconds. */
	static value interval(int64 microseconds);
};

/* Arguments of an SQL-callable function. */
class arguments
{
public:
	/* left_out: the number of an argument that others of its kind have, and this function has not */
	explicit arguments(FunctionCallInfo fcinfo, int left_out = INT_MAX)
		: fcinfo_(fcinfo), left_out_(left_out)
	{
	}

	[[nodiscard]] bool has(int i) const { return i != left_out_; }

	/* A failure (22004) that names the argument if it is NULL. */
	void require(int i, const char *name) const;

	[[nodiscard]] bool null(int i) const { return argument(i).isnull; }
	[[nodiscard]] Datum datum(int i) const { return argument(i).value; }
	[[nodiscard]] Oid oid(int i) const { return DatumGetObjectId(datum(i)); }
	[[nodiscard]] int64 bigint(int i) const { return DatumGetInt64(datum(i)); }
	[[nodiscard]] int32 integer(int i) const { return DatumGetInt32(datum(i)); }
	[[nodiscard]] bool boolean(int i) const { return DatumGetBool(datum(i)); }
	[[nodiscard]] std::string string(int i) const;
	/* A text argument where it lies. */
	[[nodiscard]] std::string_view view(int i) const;
	[[nodiscard]] std::string name(int i) const;
	[[nodiscard]] std::optional<std::string> optional_string(int i) const;
	/* The elements of an array, each as its type prints it; a failure (22004) that names the argument if one is NULL. */
	[[nodiscard]] std::vector<std::string> list(int i, const char *name) const;
	/* A jsonb argument, where it lies or detoasted into the current memory context. */
	[[nodiscard]] Jsonb *jsonb(int i) const;

private:
	FunctionCallInfo fcinfo_;
	int left_out_;

	[[nodiscard]] const NullableDatum &argument(int i) const
	{
		return fcinfo_->args[i > 0 && i > left_out_ ? i - 1 : i];
	}
};

/* The one-row result of a function with OUT parameters. */
Datum make_record(FunctionCallInfo fcinfo, const std::vector<value> &values);

/* Rows like that as an array, for MIGSAFE_SET_ACTION. */
Datum make_records(FunctionCallInfo fcinfo, const std::vector<std::vector<value>> &rows);

/* The rows of a set-returning function, in materialize mode. */
class result_set
{
public:
	explicit result_set(FunctionCallInfo fcinfo);
	void add(const std::vector<value> &values);
	/* The rows of make_records(). */
	void add_records(Datum records);
	/* A row of a query whose columns are those of the result. */
	void add(HeapTuple tuple, TupleDesc descriptor);

private:
	ReturnSetInfo *info_;
};

/* s as a JSON string, quotes included. */
std::string json_string(const std::string &s);

/* s as an SQL identifier, quoted where needed. */
std::string identifier(const std::string &s);

/* s as an SQL string literal. */
std::string literal(const std::string &s);

/* schema.name, each quoted where needed. */
std::string qualified_name(const std::string &schema, const std::string &name);

/* A jsonb document as text. */
std::string jsonb_text(Jsonb *document);

} // namespace migsafe::pg
