import { drawCartesian } from "../charts/cartesian.js";
import { drawPie } from "../charts/pie.js";
import { drawChartTable, drawLegend } from "../charts/words.js";
import { h } from "../dom.js";
import { plainText } from "../text.js";

/** A chart, its legend, and the same figures as a table for those who cannot see it. */
export function drawDataVisualization(block, surface) {
  const { chart } = block;
  const title = plainText(block.title);
  const isPie = chart.type === "pie";
  const opened = surface.recall(block.block_id, "figures", false);
  const names = isPie
    ? chart.segments.map((segment) => segment.label)
    : chart.series.map((series) => series.name);
  return h(
    "figure",
    { class: `chart chart-${chart.type}` },
    h("figcaption", {}, title),
    h(
      "div",
      { class: "chart-body" },
      isPie ? drawPie(chart, title) : drawCartesian(chart, title),
      (isPie || names.length > 1) &&
        drawLegend(names, isPie ? chart.segments.map((segment) => segment.value) : null),
    ),
    h(
      "details",
      {
        class: "chart-figures",
        open: opened,
        ontoggle: (event) => surface.remember(block.block_id, "figures", event.target.open),
      },
      h("summary", { "data-key": `figures-${block.block_id}` }, "Show the figures"),
      drawChartTable(chart, title),
    ),
  );
}
