import { h } from "../dom.js";
import { percent } from "./pie.js";

/** What each colour stands for, and for a pie how much of it there is. */
export function drawLegend(names, values) {
  const total = values?.reduce((sum, value) => sum + value, 0);
  return h(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    names.map((name, place) =>
      h(
        "li",
        {},
        h("span", { class: `legend-key series-${place + 1}` }),
        name,
        values && h("span", { class: "quiet" }, ` ${percent(values[place], total)}`),
      ),
    ),
  );
}

/** The figures behind a chart. */
export function drawChartTable(chart, title) {
  const [head, rows] = chart.type === "pie" ? pieRows(chart) : seriesRows(chart);
  return h(
    "table",
    { class: "table" },
    h("caption", { class: "unseen" }, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(([first, ...rest]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, first),
          rest.map((value) => h("td", { class: "align-right" }, String(value ?? ""))),
        ),
      ),
    ),
  );
}

function pieRows({ segments }) {
  return [["Segment", "Value"], segments.map(({ label, value }) => [label, value])];
}

function seriesRows({ series, axis_config: axis }) {
  const categories = axis?.categories ?? series[0].data.map((point) => point.label);
  const value = (one, category, place) =>
    (one.data.find((point) => point.label === category) ?? one.data[place])?.value;
  return [
    [axis?.x_label ?? "Category", ...series.map((one) => one.name)],
    categories.map((category, place) => [category, ...series.map((one) => value(one, category, place))]),
  ];
}
