import { h } from "../dom.js";
import { cellNumber, drawCell } from "./cell.js";

/** A table: the first row is its header. */
export function drawTable(block, surface) {
  const [header = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const draw = (tag, scope) => (cell, column) => {
    const { align, is_wrapped: wraps } = settings[column] ?? {};
    const className = [
      `align-${align ?? (cellNumber(cell) === null ? "left" : "right")}`,
      wraps === false || wraps === undefined ? "no-wrap" : "",
    ]
      .join(" ")
      .trim();
    return h(tag, { scope, class: className }, drawCell(cell, block, surface));
  };
  return h(
    "div",
    {
      class: "table-frame",
      tabindex: 0,
      role: "region",
      "aria-label": "Table",
      "data-key": `table-${block.block_id}`,
    },
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, header.map(draw("th", "col")))),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map(draw("td")))),
      ),
    ),
  );
}
