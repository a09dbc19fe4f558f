"""Ordinary analytic SELECTs over the shop of `room.py`, which no guard may refuse."""

from itertools import product

_AGGREGATES = (
    "count(*)",
    "COUNT(DISTINCT customer_id)",
    "sum(total)",
    "round(avg(total), 2)",
    "min(total)",
    "max(total) - min(total)",
    "sum(CASE WHEN status = 'paid' THEN total ELSE 0 END)",
    "100.0 * sum(CASE WHEN status = 'returned' THEN 1 ELSE 0 END) / nullif(count(*), 0)",
    "count(*) FILTER (WHERE total > 100)",
    "coalesce(sum(total), 0)",
)
_DIMENSIONS = ("country", "status", "lower(country)", "coalesce(country, 'unknown')")
_ENDINGS = (
    "",
    " HAVING count(*) > 1",
    " ORDER BY 2 DESC LIMIT 10",
    " ORDER BY 1 NULLS LAST",
)

_GROUPED = [
    f"SELECT {dimension} AS part, {aggregate} AS value FROM orders GROUP BY {dimension}{ending}"
    for (aggregate, dimension), ending in zip(
        product(_AGGREGATES, _DIMENSIONS), _ENDINGS * 10, strict=True
    )
]

_WINDOWS = [
    f"SELECT id, country, {function} OVER ({window}) AS value FROM orders"
    for function, window in product(
        ("row_number()", "rank()", "dense_rank()", "sum(total)", "lag(total, 1)", "ntile(4)"),
        (
            "ORDER BY at",
            "PARTITION BY country ORDER BY total DESC",
            "PARTITION BY country, status ORDER BY at, id",
        ),
    )
]

_ALL = [
    *_GROUPED,
    *_WINDOWS,
    *("SELECT 1", "SELECT 1 AS one, 'a' AS letter, NULL AS nothing", "SELECT * FROM orders;"),
    *("SELECT orders.* FROM orders", "SELECT o.*, o.total * 2 AS twice FROM orders AS o"),
    *("SELECT DISTINCT country FROM orders", "SELECT count(*) FROM orders -- all of them"),
    "SELECT /* the first */ id FROM orders ORDER BY at LIMIT 1 OFFSET 2",
    "select Id, TOTAL from ORDERS where Country in ('DE', 'FR') and total between 10 and 20",
    "SELECT id FROM orders WHERE status IS NULL OR NOT (total >= 5.5 AND country <> 'DE')",
    "SELECT id FROM customers WHERE name LIKE 'A%' AND email NOT LIKE '%@example.com'",
    "SELECT c.name, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP"
    " BY c.name",
    "SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
    " GROUP BY c.id, c.name HAVING count(o.id) = 0",
    "SELECT p.category, sum(i.quantity * i.price) AS revenue FROM order_items i"
    " JOIN products p ON p.id = i.product_id JOIN orders o ON o.id = i.order_id"
    " WHERE o.status = 'paid' GROUP BY p.category ORDER BY revenue DESC",
    "SELECT a.id, b.id FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.id <"
    " b.id",
    "SELECT id FROM orders NATURAL JOIN order_items",
    "SELECT orders.id FROM orders INNER JOIN customers USING (country)",
    "SELECT * FROM customers CROSS JOIN products",
    "SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'DE')",
    "SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id)",
    "SELECT id FROM orders WHERE total > (SELECT avg(total) FROM orders)",
    "SELECT id, (SELECT count(*) FROM order_items WHERE order_id = orders.id) AS items FROM orders",
    "SELECT country, total FROM orders UNION SELECT country, 0 FROM customers",
    "SELECT country FROM orders UNION ALL SELECT country FROM customers ORDER BY country",
    "SELECT country FROM orders EXCEPT SELECT country FROM customers",
    "SELECT country FROM orders INTERSECT SELECT country FROM customers",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT count(*) FROM paid",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b",
    "WITH per_country(land, money) AS (SELECT country, sum(total) FROM orders GROUP BY 1)"
    " SELECT land, money, money * 100.0 / (SELECT sum(money) FROM per_country) FROM per_country",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i FROM n",
    "WITH orders AS (SELECT * FROM orders WHERE total > 0) SELECT sum(total) FROM orders",
    "SELECT x.n FROM (SELECT count(*) AS n FROM orders) AS x",
    "SELECT q.country FROM (SELECT country, rank() OVER (ORDER BY sum(total) DESC) AS place"
    " FROM orders GROUP BY country) q WHERE q.place <= 3",
    "SELECT country, sum(total) OVER (PARTITION BY country ORDER BY at ROWS BETWEEN 6 PRECEDING"
    " AND CURRENT ROW) FROM orders",
    "SELECT sum(total) OVER w, avg(total) OVER w FROM orders WINDOW w AS (PARTITION BY country)",
    "SELECT first_value(total) OVER (ORDER BY at), last_value(total) OVER (ORDER BY at) FROM"
    " orders",
    "SELECT lead(total, 2, 0) OVER (ORDER BY at) - total FROM orders",
    "SELECT percent_rank() OVER (ORDER BY total), cume_dist() OVER (ORDER BY total) FROM orders",
    "SELECT CASE country WHEN 'DE' THEN 'home' ELSE 'abroad' END, count(*) FROM orders GROUP BY 1",
    "SELECT cast(total AS integer), CAST(id AS text) FROM orders",
    "SELECT upper(name), lower(email), length(name), trim(name), replace(name, 'a', 'b') FROM"
    " customers",
    "SELECT substr(name, 1, 3), name || ' ' || country FROM customers",
    "SELECT abs(total), round(total), total % 3, -total, +total FROM orders",
    'SELECT total / 0.19 AS "net of tax" FROM orders',
    "SELECT count(*) AS n FROM orders WHERE (country, status) IN (('DE', 'paid'), ('FR', 'paid'))",
    "SELECT country, count(*) FROM orders GROUP BY country ORDER BY count(*) DESC, country ASC",
    "SELECT max(at) AS newest, min(at) AS oldest FROM orders",
    "SELECT id FROM orders WHERE at >= '2026-01-01' AND at < '2026-02-01'",
    "SELECT id FROM orders WHERE at > CURRENT_DATE",
    "SELECT current_timestamp, current_date",
    "((SELECT id FROM orders LIMIT 1))",
    "SELECT o.id AS order_number, o.total AS amount FROM orders o ORDER BY amount DESC",
    "SELECT country AS land FROM orders GROUP BY land HAVING sum(total) > 5 ORDER BY land",
    "SELECT 'It''s; DROP TABLE orders' AS harmless, '-- no comment' AS text FROM orders",
    "SELECT exp(1), ln(2), power(2, 10), sqrt(16), floor(1.5), ceil(1.5), sign(-1)",
    "SELECT count(DISTINCT country || status) FROM orders",
    "SELECT main_orders.total FROM orders AS main_orders WHERE main_orders.total IS NOT NULL",
]

_SQLITE = [
    "SELECT strftime('%Y-%m', at) AS month, sum(total) FROM orders GROUP BY month",
    "SELECT date(at, 'start of month'), count(*) FROM orders GROUP BY 1",
    "SELECT id FROM orders WHERE at >= date('now', '-7 days') AND at < date('now', 'weekday 0')",
    "SELECT julianday('now') - julianday(at) AS age FROM orders",
    "SELECT datetime(at, 'unixepoch', 'localtime'), unixepoch(at), time(at) FROM orders",
    "SELECT json_extract(details, '$.colour'), details ->> '$.size' FROM orders",
    "SELECT o.id, e.value FROM orders o, json_each(o.details) e WHERE e.key = 'a'",
    "SELECT group_concat(name, ', '), total(price), printf('%.2f', avg(price)) FROM products",
    "SELECT iif(total > 5, 'big', 'small'), ifnull(status, '-'), instr(country, 'E') FROM orders",
    "SELECT typeof(total), hex(country), quote(status), unicode('a'), char(65) FROM orders",
    "SELECT [id], `total` FROM [orders]",
    "SELECT rowid, id FROM orders WHERE country GLOB 'D*'",
    "SELECT name FROM products ORDER BY price LIMIT 5, 10",
    "SELECT name COLLATE NOCASE FROM products ORDER BY 1",
    "SELECT max(total, 10), min(total, 5) FROM orders",
]

_POSTGRES = [
    "SELECT date_trunc('month', at) AS month, sum(total) FROM orders GROUP BY 1 ORDER BY 1",
    "SELECT extract(dow FROM at), extract(epoch FROM at), date_part('year', at) FROM orders",
    "SELECT id FROM orders WHERE at >= now() - interval '30 days' AND at < current_date + 1",
    "SELECT at::date, total::numeric(10, 2), at AT TIME ZONE 'Europe/Berlin' FROM orders",
    "SELECT to_char(at, 'YYYY-MM'), age(at), make_date(2026, 1, 1) FROM orders",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY"
    " country)"
    " FROM orders",
    "SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, at DESC",
    "SELECT string_agg(name, ', ' ORDER BY name), array_agg(id) FROM customers",
    "SELECT details ->> 'colour', details #>> '{a,b}', details @> '{\"a\": 1}' FROM orders",
    "SELECT jsonb_array_elements(details) FROM orders",
    "SELECT d::date, count(o.id) FROM generate_series('2026-01-01'::date, '2026-02-01', '1"
    " day') AS d"
    " LEFT JOIN orders o ON o.at = d GROUP BY 1",
    "SELECT x.value FROM orders o CROSS JOIN LATERAL jsonb_each_text(o.details) AS x(key, value)",
    "SELECT country, status, sum(total) FROM orders GROUP BY ROLLUP (country, status)",
    "SELECT country, status, sum(total), grouping(country) FROM orders"
    " GROUP BY GROUPING SETS ((country), (status), ())",
    "SELECT split_part(email, '@', 2), regexp_replace(email, '@.*', ''), email ~* 'example'"
    " FROM customers",
    "SELECT name FROM customers WHERE name ILIKE '%a%' AND country = ANY (ARRAY['DE', 'FR'])",
    "SELECT greatest(total, 5), least(total, 5), width_bucket(total, 0, 100, 10) FROM orders",
    "SELECT stddev(total), var_pop(total), corr(total, id), regr_slope(total, id) FROM orders",
    "SELECT bool_and(total > 0), every(total > 0), bit_or(id) FROM orders",
    "SELECT unnest(ARRAY[1, 2, 3]) AS n",
    "SELECT v.a FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)",
    "SELECT id FROM orders FETCH FIRST 5 ROWS ONLY",
    "SELECT count(*) FROM public.orders",
]

_DUCKDB = [
    "SELECT date_trunc('week', at), sum(total) FROM orders GROUP BY ALL ORDER BY ALL",
    "SELECT strftime(at, '%Y-%m'), dayname(at), monthname(at), year(at), quarter(at) FROM orders",
    "SELECT date_diff('day', at, current_date), at + INTERVAL 3 DAY, date_part('isodow', at)"
    " FROM orders",
    "SELECT median(total), quantile_cont(total, 0.9), approx_count_distinct(id) FROM orders",
    "SELECT arg_max(name, price), max_by(name, price), any_value(category) FROM products",
    "SELECT * EXCLUDE (details) FROM orders",
    "SELECT * REPLACE (total * 2 AS total) FROM orders",
    "FROM orders SELECT country, count(*) GROUP BY country",
    "SELECT country, total FROM orders QUALIFY row_number() OVER (PARTITION BY country ORDER"
    " BY at) = 1",
    "SELECT list(name), list_distinct(list(category)), string_agg(name, ',') FROM products",
    "SELECT list_transform([1, 2, 3], x -> x + 1) AS more, len([1, 2])",
    "SELECT struct_pack(a := 1, b := 'x') AS pair",
    "SELECT details ->> '$.colour', json_extract_string(details, '$.a') FROM orders",
    "SELECT o.details.size.width FROM orders AS o",
    "SELECT unnest(range(5)) AS n",
    "SELECT r.range FROM range(10) AS r",
    "SELECT regexp_extract(email, '@(.*)', 1), string_split(email, '@')[2] FROM customers",
    "SELECT TRY_CAST(name AS integer), total::DECIMAL(18, 2) FROM customers, orders",
    "SELECT country, status, count(*) FROM orders GROUP BY CUBE (country, status)",
    "SELECT count(*) FROM main.orders",
]

SELECTS = {"all": _ALL, "sqlite": _SQLITE, "postgres": _POSTGRES, "duckdb": _DUCKDB}
