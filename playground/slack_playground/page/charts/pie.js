import { svg } from "../dom.js";

const RADIUS = 80;
const HOLE = 48;
const CENTRE = 90;

/** A ring of segments; each tells its share when pointed at. */
export function drawPie({ segments }, title) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  let turned = 0;
  const slices = segments.map((segment, place) => {
    const from = turned;
    turned += segment.value / total;
    const words = `${segment.label}: ${segment.value} (${percent(segment.value, total)})`;
    return svg(
      "path",
      { class: `series series-${place + 1}`, d: slice(from, turned) },
      svg("title", {}, words),
    );
  });
  const summary = segments.map((segment) => `${segment.label} ${percent(segment.value, total)}`).join(", ");
  return svg(
    "svg",
    { class: "pie", viewBox: "0 0 180 180", role: "img", "aria-label": `${title}. Pie chart: ${summary}` },
    slices,
    svg(
      "text",
      { class: "pie-total", x: CENTRE, y: CENTRE + 2, "text-anchor": "middle" },
      String(Math.round(total * 100) / 100),
    ),
    svg("text", { class: "axis-label", x: CENTRE, y: CENTRE + 18, "text-anchor": "middle" }, "total"),
  );
}

export function percent(value, total) {
  const share = Math.round((value / total) * 1000) / 10;
  return share ? `${share}%` : "under 0.1%";
}

function slice(from, to) {
  // An arc that ends where it starts is drawn as nothing, so a lone segment stops just short of it.
  const end = Math.min(to, from + 0.9999);
  const large = end - from > 0.5 ? 1 : 0;
  const [ax, ay] = onCircle(from, RADIUS);
  const [bx, by] = onCircle(end, RADIUS);
  const [cx, cy] = onCircle(end, HOLE);
  const [dx, dy] = onCircle(from, HOLE);
  return `M${ax} ${ay}A${RADIUS} ${RADIUS} 0 ${large} 1 ${bx} ${by}L${cx} ${cy}A${HOLE} ${HOLE} 0 ${large} 0 ${dx} ${dy}Z`;
}

function onCircle(turn, radius) {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return [CENTRE + radius * Math.cos(angle), CENTRE + radius * Math.sin(angle)].map((value) =>
    value.toFixed(2),
  );
}
