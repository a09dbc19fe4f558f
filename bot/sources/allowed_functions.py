"""
The functions that a query may call: those that compute from their arguments alone.

Whatever is not here may have an effect (`nextval`, `pg_advisory_lock`), read what is no table
(`pg_read_file`, `read_csv`), or run a query of its own (`query_to_xml`), and is refused.
"""

from sqlglot import exp

#: What sqlglot knows by a class of its own and what is refused nevertheless.
_REFUSED_CLASSES = """
    AIAgg AIClassify AIEmbed AIForecast AIGenerate AISimilarity AISummarizeAgg Apply ConnectByRoot
    CurrentStatement Decrypt DecryptRaw DynamicIdentifier Encrypt EncryptRaw FeaturesAtTime
    GenerateBool GenerateDouble GenerateEmbedding GenerateInt GenerateTable GenerateText Generator
    MLForecast MLTranslate NextValueFor ObjectId OpenJSON Predict ReadCSV ReadParquet Search
    SearchIp Secret ToFile VectorSearch XMLTable
"""

_STRING_FUNCTIONS = """
    ascii bar base64 bit_length btrim casefold char char_length character_length chr concat
    concat_ws contains damerau_levenshtein decode editdist3 encode ends_with format from_base64
    hamming hex initcap instr jaccard jaro_similarity jaro_winkler_similarity lcase left length
    levenshtein like lower lpad ltrim md5 nfc_normalize normalize octet_length ord overlay
    parse_ident position prefix printf quote quote_ident quote_literal quote_nullable regexp
    regexp_count regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_instr
    regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim sha1 sha224 sha256
    sha384 sha512 similarity soundex split split_part starts_with str_split str_split_regex
    string_agg string_split string_split_regex string_to_array string_to_table strip_accents strlen
    strpos substr substring suffix text to_ascii to_base64 to_hex translate trim ucase unaccent
    unhex unicode unistr upper url_decode url_encode word_similarity
"""
_NUMBER_FUNCTIONS = """
    abs acos acosd acosh add asin asind asinh atan atan2 atan2d atand atanh bit_count bround cbrt
    ceil ceiling cos cosd cosh cot cotd degrees div divide erf erfc even exp factorial floor gamma
    gcd greatest greatest_common_divisor ieee_divide isfinite isinf isnan lcm least
    least_common_multiple lgamma ln log log10 log2 min_scale mod multiply nextafter numeric pi pow
    power radians rand random random_normal round round_even safe_add safe_divide safe_multiply
    safe_negate safe_subtract scale sign signbit sin sind sinh sqrt subtract tan tand tanh to_number
    trim_scale trunc truncate width_bucket
"""
_TIME_FUNCTIONS = """
    age century clock_timestamp current_date current_datetime current_localtime
    current_localtimestamp current_time current_timestamp date date_add date_bin date_diff date_part
    date_sub date_trunc dateadd datediff datepart datesub datetime datetime_add datetime_diff
    datetime_sub datetime_trunc datetrunc day dayname dayofmonth dayofweek dayofyear decade epoch
    epoch_ms epoch_ns epoch_us extract format_date format_datetime format_time format_timestamp
    from_unixtime get_current_time get_current_timestamp hour isodow isoyear julian julianday
    justify_days justify_hours justify_interval last_day localtime localtimestamp make_date
    make_interval make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz
    microsecond millennium millisecond minute month monthname now parse_date parse_datetime
    parse_time parse_timestamp quarter second statement_timestamp strftime strptime time time_bucket
    timediff timeofday timestamp timestamp_add timestamp_diff timestamp_micros timestamp_millis
    timestamp_seconds timestamp_sub timestamp_trunc timetz_byte_comparable timezone timezone_hour
    timezone_minute to_char to_date to_days to_hours to_milliseconds to_minutes to_months to_seconds
    to_timestamp to_weeks to_years today transaction_timestamp try_strptime unix_date unix_micros
    unix_millis unix_seconds unixepoch week weekday weekofyear year yearweek
"""
_AGGREGATE_FUNCTIONS = """
    any_value approx_count_distinct approx_quantile approx_top_k arg_max arg_max_null arg_min
    arg_min_null array_agg array_concat_agg avg bit_and bit_or bit_xor bitstring_agg bool_and
    bool_or corr count count_if count_star countif covar_pop covar_samp cume_dist dense_rank entropy
    every favg first first_value fsum geomean geometric_mean group_concat grouping grouping_id
    histogram histogram_exact json_agg json_arrayagg json_group_array json_group_object
    json_group_structure json_object_agg json_objectagg jsonb_agg jsonb_group_array
    jsonb_group_object jsonb_object_agg kurtosis kurtosis_pop lag last last_value lead list listagg
    logical_and logical_or mad max max_by mean median min min_by mode nth_value ntile percent_rank
    percentile percentile_cont percentile_disc product quantile quantile_cont quantile_disc
    range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile row_number sem skewness stddev
    stddev_pop stddev_samp sum sum_no_overflow sumkahan total var_pop var_samp variance wavg
    weighted_avg
"""
_STRUCTURE_FUNCTIONS = """
    aggregate apply array array_aggr array_aggregate array_append array_apply array_cat array_concat
    array_contains array_dims array_distinct array_extract array_fill array_filter array_grade_up
    array_has array_has_all array_has_any array_indexof array_intersect array_length array_lower
    array_max array_min array_ndims array_pop_back array_pop_front array_position array_positions
    array_prepend array_push_back array_push_front array_reduce array_remove array_replace
    array_resize array_reverse array_reverse_sort array_sample array_select array_shuffle
    array_slice array_sort array_sum array_to_json array_to_string array_transform array_unique
    array_upper array_value array_where array_zip cardinality daterange element_at filter flatten
    from_json generate_array generate_date_array generate_series generate_subscripts
    generate_timestamp_array int4range int8range isempty json json_array json_array_elements
    json_array_elements_text json_array_insert json_array_length json_build_array json_build_object
    json_contains json_each json_each_text json_error_position json_exists json_extract
    json_extract_array json_extract_path json_extract_path_text json_extract_scalar
    json_extract_string json_insert json_keys json_object json_object_keys json_patch json_pretty
    json_query json_query_array json_quote json_remove json_replace json_scalar json_serialize
    json_set json_strip_nulls json_structure json_to_record json_to_recordset json_transform
    json_tree json_type json_typeof json_valid json_value json_value_array jsonb jsonb_array
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_concat jsonb_contains jsonb_each jsonb_each_text jsonb_exists
    jsonb_extract jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_keys jsonb_patch jsonb_path_exists jsonb_path_match jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_remove jsonb_replace jsonb_set
    jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_tree jsonb_typeof len list_aggr
    list_aggregate list_any_value list_append list_apply list_avg list_cat list_concat list_contains
    list_count list_distinct list_element list_extract list_filter list_first list_has list_has_all
    list_has_any list_indexof list_intersect list_last list_max list_median list_min list_pack
    list_position list_prepend list_product list_reduce list_resize list_reverse list_reverse_sort
    list_select list_slice list_sort list_stddev_pop list_stddev_samp list_sum list_transform
    list_unique list_value list_var_pop list_where list_zip lower_inc lower_inf map map_concat
    map_contains map_entries map_extract map_from_entries map_keys map_values multirange numrange
    parse_json range range_merge row row_to_json safe_offset safe_ordinal struct struct_extract
    struct_insert struct_pack to_json to_json_string to_jsonb tsrange tstzrange union_extract
    union_tag union_value unnest unpivot_list upper_inc upper_inf
"""
_OTHER_FUNCTIONS = """
    bool cast coalesce collate constant_or_null exists farm_fingerprint gen_random_uuid
    generate_uuid get_bit hash if ifnull iif is_distinct isnull likelihood likely not_between
    nullif num_nonnulls num_nulls numnode nvl nvl2 pg_typeof phraseto_tsquery plainto_tsquery
    setweight string strip subtype to_tsquery to_tsvector try_cast ts_headline ts_rank ts_rank_cd
    typeof unlikely uuid uuidv4 uuidv7 websearch_to_tsquery xor
"""
_REFUSED = frozenset(_REFUSED_CLASSES.split())
FUNCTION_NAMES = frozenset(
    " ".join(
        (
            _STRING_FUNCTIONS,
            _NUMBER_FUNCTIONS,
            _TIME_FUNCTIONS,
            _AGGREGATE_FUNCTIONS,
            _STRUCTURE_FUNCTIONS,
            _OTHER_FUNCTIONS,
        )
    ).split()
)


def name_of_function(node: exp.Func) -> str:
    """Return what a query calls a function, in small letters."""
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return str(node.name).lower()
    return str(node.sql_name()).lower()


def may_call(node: exp.Func) -> bool:
    """Tell whether a query may call this function."""
    parts = node.args.get("this")
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return isinstance(parts, str | exp.Identifier) and name_of_function(node) in FUNCTION_NAMES
    if isinstance(node, exp.CombinedAggFunc | exp.CombinedParameterizedAgg | exp.ParameterizedAgg):
        return str(node.name).lower() in FUNCTION_NAMES
    return type(node).__name__ not in _REFUSED
