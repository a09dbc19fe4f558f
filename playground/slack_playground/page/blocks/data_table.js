import { h } from "../dom.js";
import { cellNumber, cellText, drawCell } from "./cell.js";

const DEFAULT_PAGE_SIZE = 5;

/** A table to sort by any column and to page through; both survive an edit of the message. */
export function drawDataTable(block, surface) {
  const holder = h("div", { class: "data-table" });
  const show = () => holder.replaceChildren(...drawView(block, surface, show));
  show();
  return holder;
}

function drawView(block, surface, show) {
  const [header = [], ...rows] = block.rows ?? [];
  const sort = surface.recall(block.block_id, "sort", null);
  const size = block.page_size ?? DEFAULT_PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(surface.recall(block.block_id, "page", 0), pages - 1);
  const visible = sorted(rows, sort).slice(page * size, page * size + size);
  const rowHeader = block.row_header_column_index ?? 0;
  const change = (what, value, key) => {
    surface.remember(block.block_id, what, value);
    const root = surface.root;
    show();
    root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const table = h(
    "table",
    { class: "table" },
    h("caption", {}, block.caption),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        header.map((cell, column) => drawHead(cell, column, block, sort, change)),
      ),
    ),
    h(
      "tbody",
      {},
      visible.map((row) =>
        h(
          "tr",
          {},
          row.map((cell, column) => drawBodyCell(cell, column === rowHeader, block, surface)),
        ),
      ),
    ),
  );
  const frame = h("div", { class: "table-frame" }, table);
  return pages > 1 ? [frame, drawPager(block, page, pages, rows.length, size, change)] : [frame];
}

function drawBodyCell(cell, isHeader, block, surface) {
  const attributes = {
    class: cellNumber(cell) === null ? null : "align-right",
    scope: isHeader ? "row" : null,
  };
  return h(isHeader ? "th" : "td", attributes, drawCell(cell, block, surface));
}

function drawHead(cell, column, block, sort, change) {
  const direction = sort?.column === column ? sort.direction : null;
  const key = `${block.block_id}-sort-${column}`;
  const next = { column, direction: direction === "ascending" ? "descending" : "ascending" };
  const arrow = { ascending: "▲", descending: "▼" }[direction] ?? "↕";
  return h(
    "th",
    { scope: "col", "aria-sort": direction ?? "none" },
    h(
      "button",
      { class: "sort", type: "button", "data-key": key, onclick: () => change("sort", next, key) },
      cellText(cell),
      h("span", { class: `sort-arrow${direction ? " sorted" : ""}`, "aria-hidden": "true" }, arrow),
    ),
  );
}

function drawPager(block, page, pages, count, size, change) {
  const button = (words, to) => {
    const key = `${block.block_id}-${words}`;
    return h(
      "button",
      {
        class: "button small",
        type: "button",
        "data-key": key,
        disabled: to < 0 || to >= pages,
        onclick: () => change("page", to, key),
      },
      words,
    );
  };
  const last = Math.min(count, (page + 1) * size);
  return h(
    "div",
    { class: "pager", role: "group", "aria-label": "Pages" },
    button("Previous", page - 1),
    h("span", { class: "quiet", role: "status" }, `${page * size + 1}–${last} of ${count}`),
    button("Next", page + 1),
  );
}

function sorted(rows, sort) {
  if (!sort) return rows;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return [...rows].sort((one, other) => sign * compared(one[sort.column], other[sort.column]));
}

function compared(one, other) {
  const [left, right] = [cellNumber(one), cellNumber(other)];
  if (left !== null && right !== null) return left - right;
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true });
}
