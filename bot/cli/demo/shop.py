"""The demo's shop: a year of sales in a small SQLite database, the same for the same day."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

_SHOP_SEED = 23
_DAYS_OF_SALES = 365
_CUSTOMERS = 400
_ORDERS_PER_DAY = 24
#: Monday to Sunday: people buy before the weekend.
_WEEK = (1.0, 0.95, 0.95, 1.05, 1.35, 1.2, 0.7)
#: One day, so long ago, sold four times as much as usual.
OUTLIER_DAYS_AGO = 18
#: Country -> its share of the customers, and what a year changes.
_COUNTRIES = {
    "Germany": (0.34, 1.0),
    "France": (0.22, 1.0),
    "Italy": (0.16, 0.9),
    "Netherlands": (0.14, 1.05),
    "Spain": (0.14, 3.0),
}
#: Product -> category, price in cents, how often it is bought, how often it comes back.
_PRODUCTS = {
    "Espresso machine": ("Coffee", 34900, 3, 0.06),
    "Coffee grinder": ("Coffee", 8900, 6, 0.05),
    "Coffee beans 1 kg": ("Coffee", 2190, 22, 0.004),
    "Tea kettle": ("Tea", 4990, 8, 0.03),
    "Green tea": ("Tea", 990, 16, 0.003),
    "Cast-iron pan": ("Kitchen", 5990, 9, 0.02),
    "Chef's knife": ("Kitchen", 7490, 7, 0.03),
    "Cutting board": ("Kitchen", 2990, 10, 0.01),
    "Desk lamp": ("Home", 3990, 8, 0.08),
    "Wool blanket": ("Home", 6990, 6, 0.07),
    "Door mat": ("Home", 1990, 5, 0.02),
}
_SHOP_TABLES = """
CREATE TABLE customers (
    id integer PRIMARY KEY, name text NOT NULL, country text NOT NULL, joined_on date NOT NULL
);
CREATE TABLE products (
    id integer PRIMARY KEY, name text NOT NULL, category text NOT NULL, price_cents integer NOT NULL
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    ordered_at timestamp NOT NULL
);
CREATE TABLE order_items (
    id integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL,
    amount_cents integer NOT NULL
);
CREATE TABLE returns (
    order_item_id integer PRIMARY KEY REFERENCES order_items (id),
    returned_at timestamp NOT NULL,
    reason text NOT NULL
);
CREATE INDEX orders_by_time ON orders (ordered_at);
CREATE INDEX items_of_order ON order_items (order_id);
-- What was sold, a row for each item: metrics are defined on it.
CREATE VIEW sales AS
SELECT o.id AS order_id, o.ordered_at, c.country, p.name AS product, p.category,
       i.quantity, i.amount_cents, r.order_item_id IS NOT NULL AS is_returned
FROM order_items AS i
JOIN orders AS o ON o.id = i.order_id
JOIN customers AS c ON c.id = o.customer_id
JOIN products AS p ON p.id = i.product_id
LEFT JOIN returns AS r ON r.order_item_id = i.id;
"""
_FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dario", "Emma", "Fatou", "Goran", "Hana", "Ivo", "Julia")
_LAST_NAMES = ("Berg", "Costa", "Dupont", "Esposito", "Fischer", "Garcia", "Jansen", "Rossi")
_RETURN_REASONS = ("broken", "too small", "not as shown", "changed my mind")


def write_shop(path: Path, today: date) -> None:
    """Write the database anew, with sales up to the day before *today*."""
    path.unlink(missing_ok=True)
    chance = random.Random(_SHOP_SEED)  # noqa: S311 - figures to look at
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SHOP_TABLES)
        customers = list(_customers(chance, today))
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", customers)
        connection.executemany(
            "INSERT INTO products VALUES (?, ?, ?, ?)",
            [
                (number, name, category, cents)
                for number, (name, (category, cents, _, _)) in enumerate(_PRODUCTS.items(), start=1)
            ],
        )
        for table, row in _sales(chance, customers, today):
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - ours


def shop_configuration(folder: Path) -> str:
    """Return the part of `opsbell.toml` with the shop as a source, its metrics and a board."""
    return "\n".join(
        [
            "[sources.shop]",
            f"url = {json.dumps(f'sqlite:///{shop_path(folder)}')}",
            *_metric("revenue", "sum(amount_cents) / 100.0", unit="EUR", synonyms=["sales"]),
            'description = "What customers paid, returns included"',
            *_metric("orders", "count(DISTINCT order_id)"),
            'description = "Orders that were placed"',
            *_metric("return_rate", "100.0 * sum(is_returned) / count(*)", unit="%", better="low"),
            'description = "Share of the items sold that came back"',
            "[leaderboards.countries]",
            'title = "Sales by country"',
            'subject = "country"',
            'metric = "revenue"',
            "columns = [",
            '  {name = "revenue", label = "Revenue", format = "0 EUR"},',
            '  {name = "orders", label = "Orders"},',
            '  {name = "return_rate", label = "Returned", format = "0.0 %", better = "low"},',
            "]",
            "",
        ]
    )


def shop_path(folder: Path) -> Path:
    """Return where the demo's shop is."""
    return folder / "shop.db"


def _metric(name: str, sql: str, **more: str | list[str]) -> Iterator[str]:
    yield from (
        f"[metrics.{name}]",
        'source = "shop"',
        'table = "sales"',
        f"sql = {json.dumps(sql)}",
        'time = "ordered_at"',
        'dimensions = ["country", "category", "product"]',
    )
    for key, value in more.items():
        yield f"{key} = {json.dumps(value)}"


_Customer = tuple[int, str, str, str]


def _customers(chance: random.Random, today: date) -> Iterator[_Customer]:
    countries = list(_COUNTRIES)
    shares = [share for share, _ in _COUNTRIES.values()]
    for number in range(1, _CUSTOMERS + 1):
        name = f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}"
        (country,) = chance.choices(countries, shares)
        joined = today - timedelta(days=_DAYS_OF_SALES + chance.randrange(700))
        yield number, name, country, joined.isoformat()


def _sales(
    chance: random.Random, customers: list[_Customer], today: date
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield rows of orders, items and returns, the oldest first."""
    order = item = 0
    weights = [weight for _, _, weight, _ in _PRODUCTS.values()]
    for days_ago in range(_DAYS_OF_SALES, 0, -1):
        day = today - timedelta(days=days_ago)
        elapsed = 1 - days_ago / _DAYS_OF_SALES
        growth = [1 + (_COUNTRIES[country][1] - 1) * elapsed for _, _, country, _ in customers]
        wanted = _ORDERS_PER_DAY * _WEEK[day.weekday()] * chance.uniform(0.85, 1.15)
        if days_ago == OUTLIER_DAYS_AGO:
            wanted *= 4
        for customer in chance.choices(customers, growth, k=round(wanted)):
            order += 1
            at = _moment_of(chance, day)
            yield "orders", (order, customer[0], at)
            products = chance.choices(list(_PRODUCTS), weights, k=chance.choice((1, 1, 1, 2, 3)))
            for product in dict.fromkeys(products):
                item += 1
                quantity = chance.choice((1, 1, 1, 2))
                _, cents, _, returns = _PRODUCTS[product]
                number = list(_PRODUCTS).index(product) + 1
                yield "order_items", (item, order, number, quantity, quantity * cents)
                back = day + timedelta(days=chance.randint(3, 20))
                if chance.random() < returns and back < today:
                    reason = chance.choice(_RETURN_REASONS)
                    yield "returns", (item, _moment_of(chance, back), reason)


def _moment_of(chance: random.Random, day: date) -> str:
    """Return a time of a day, most often in the evening."""
    minutes = min(max(round(chance.gauss(17.5, 3.5) * 60), 0), 24 * 60 - 1)
    return f"{day.isoformat()} {minutes // 60:02}:{minutes % 60:02}:{chance.randrange(60):02}"
