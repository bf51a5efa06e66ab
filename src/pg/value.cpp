#include "pg/value.hpp"

namespace migsafe::pg {

value
value::text(const std::string &v)
{
	return {call([&] { return PointerGetDatum(cstring_to_text_with_len(v.data(), v.size())); }),
			TEXTOID, false};
}

value
value::text(const std::optional<std::string> &v)
{
	return v ? text(*v) : none(TEXTOID);
}

value
value::name(const std::string &v)
{
	return {call([&] { return DirectFunctionCall1(namein, CStringGetDatum(v.c_str())); }), NAMEOID,
			false};
}

value
value::json(const std::string &v)
{
	if (v.empty())
		return none(JSONBOID);
	return {call([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(v.c_str())); }),
			JSONBOID, false};
}

value
value::text_array(const std::vector<std::string> &v)
{
	std::vector<Datum> texts;

	texts.reserve(v.size());
	for (const std::string &s : v)
		texts.push_back(text(s).datum);
	return {call([&] {
				return PointerGetDatum(construct_array(texts.data(), static_cast<int>(texts.size()),
													   TEXTOID, -1, false, TYPALIGN_INT));
			}),
			TEXTARRAYOID, false};
}

value
value::oid_array(const std::vector<Oid> &v)
{
	std::vector<Datum> oids;

	oids.reserve(v.size());
	for (Oid oid : v)
		oids.push_back(ObjectIdGetDatum(oid));
	return {call([&] {
				return PointerGetDatum(construct_array(oids.data(), static_cast<int>(oids.size()),
													   OIDOID, sizeof(Oid), true, TYPALIGN_INT));
			}),
			OIDARRAYOID, false};
}

value
value::interval(int64 microseconds)
{
	auto *span = static_cast<Interval *>(call(palloc0, sizeof(Interval)));

	span->time = microseconds;
	return {PointerGetDatum(span), INTERVALOID, false};
}

void
arguments::require(int i, const char *name) const
{
	if (null(i))
		throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED,
					  std::string("argument \"") + name + "\" must not be null")
			.hint(std::string("Pass a value for \"") + name + "\".");
}

std::string
arguments::string(int i) const
{
	return call([=, this] { return TextDatumGetCString(datum(i)); });
}

std::string_view
arguments::view(int i) const
{
	const auto *t = reinterpret_cast<const text *>(DatumGetPointer(datum(i)));

	if (VARATT_IS_EXTERNAL(t) || VARATT_IS_COMPRESSED(t))
		t = call([=, this] { return DatumGetTextPP(datum(i)); });

	return {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};
}

std::string
arguments::name(int i) const
{
	return NameStr(*DatumGetName(datum(i)));
}

std::optional<std::string>
arguments::optional_string(int i) const
{
	if (null(i))
		return std::nullopt;
	return string(i);
}

std::vector<std::string>
arguments::list(int i, const char *name) const
{
	struct
	{
		char **texts;
		int count;
		bool has_null;
	} found = call([=, this] {
		decltype(found) f{};
		ArrayType *const array = DatumGetArrayTypeP(datum(i));
		Datum *elements;
		bool *nulls, by_value, is_varlena;
		int16 length;
		char alignment;
		Oid output;

		get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &alignment);
		getTypeOutputInfo(ARR_ELEMTYPE(array), &output, &is_varlena);
		deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, alignment, &elements,
						  &nulls, &f.count);
		f.texts = static_cast<char **>(palloc0(sizeof(char *) * f.count));
		for (int n = 0; n < f.count; n++)
		{
			f.has_null = f.has_null || nulls[n];
			f.texts[n] = nulls[n] ? nullptr : OidOutputFunctionCall(output, elements[n]);
		}
		return f;
	});

	if (found.has_null)
		throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED,
					  std::string("argument \"") + name + "\" must not contain nulls")
			.hint("Leave them out of the list.");
	return {found.texts, found.texts + found.count};
}

Jsonb *
arguments::jsonb(int i) const
{
	if (!VARATT_IS_EXTENDED(DatumGetPointer(datum(i))))
		return reinterpret_cast<Jsonb *>(DatumGetPointer(datum(i)));
	return call([=, this] { return DatumGetJsonbP(datum(i)); });
}

Datum
make_record(FunctionCallInfo fcinfo, const std::vector<value> &values)
{
	return call([&] {
		TupleDesc descriptor;

		if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		Assert(descriptor->natts == static_cast<int>(values.size()));

		auto *datums = static_cast<Datum *>(palloc(sizeof(Datum) * values.size()));
		auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * values.size()));

		for (size_t i = 0; i < values.size(); i++)
		{
			datums[i] = values[i].datum;
			nulls[i] = values[i].null;
		}
		return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), datums, nulls));
	});
}

Datum
make_records(FunctionCallInfo fcinfo, const std::vector<std::vector<value>> &rows)
{
	std::vector<Datum> records;

	records.reserve(rows.size());
	for (const std::vector<value> &row : rows)
		records.push_back(make_record(fcinfo, row));
	return call([&] {
		return PointerGetDatum(construct_array(records.data(), static_cast<int>(records.size()),
											   RECORDOID, -1, false, TYPALIGN_DOUBLE));
	});
}

result_set::result_set(FunctionCallInfo fcinfo)
	: info_(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo))
{
	/* Looked up anew, the descriptor would leave its names in the statement's memory at each call. */
	call([=] { InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC); });
}

void
result_set::add(const std::vector<value> &values)
{
	call([&, this] {
		auto *datums = static_cast<Datum *>(palloc(sizeof(Datum) * values.size()));
		auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * values.size()));

		Assert(info_->setDesc->natts == static_cast<int>(values.size()));
		for (size_t i = 0; i < values.size(); i++)
		{
			datums[i] = values[i].datum;
			nulls[i] = values[i].null;
		}
		tuplestore_putvalues(info_->setResult, info_->setDesc, datums, nulls);
		pfree(datums);
		pfree(nulls);
	});
}

void
result_set::add_records(Datum records)
{
	call([=, this] {
		Datum *rows;
		int count;

		deconstruct_array(DatumGetArrayTypeP(records), RECORDOID, -1, false, TYPALIGN_DOUBLE, &rows,
						  nullptr, &count);
		for (int i = 0; i < count; i++)
		{
			HeapTupleHeader const row = DatumGetHeapTupleHeader(rows[i]);
			HeapTupleData tuple;

			tuple.t_len = HeapTupleHeaderGetDatumLength(row);
			ItemPointerSetInvalid(&tuple.t_self);
			tuple.t_tableOid = InvalidOid;
			tuple.t_data = row;
			tuplestore_puttuple(info_->setResult, &tuple);
		}
	});
}

void
result_set::add(HeapTuple tuple, TupleDesc descriptor)
{
	call([=, this] {
		const int natts = descriptor->natts;
		auto *datums = static_cast<Datum *>(palloc(sizeof(Datum) * natts));
		auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * natts));

		heap_deform_tuple(tuple, descriptor, datums, nulls);
		tuplestore_putvalues(info_->setResult, info_->setDesc, datums, nulls);
		pfree(datums);
		pfree(nulls);
	});
}

std::string
json_string(const std::string &s)
{
	StringInfoData buffer;

	call([&] {
		initStringInfo(&buffer);
		escape_json(&buffer, s.c_str());
	});
	std::string quoted(buffer.data, buffer.len);

	pfree(buffer.data);
	return quoted;
}

std::string
identifier(const std::string &s)
{
	return call([&] { return quote_identifier(s.c_str()); });
}

std::string
literal(const std::string &s)
{
	return call([&] { return quote_literal_cstr(s.c_str()); });
}

std::string
qualified_name(const std::string &schema, const std::string &name)
{
	return identifier(schema) + "." + identifier(name);
}

std::string
jsonb_text(Jsonb *document)
{
	return call([=] { return JsonbToCString(nullptr, &document->root, VARSIZE(document)); });
}

} // namespace migsafe::pg
