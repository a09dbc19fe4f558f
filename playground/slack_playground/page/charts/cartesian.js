import { svg } from "../dom.js";
import { axisNumber, niceTicks } from "./scale.js";

// Drawn for both, so that its words keep their size in a thread or on a telephone.
const WIDTHS = { wide: 560, narrow: 300 };
const HEIGHT = 250;
const EDGE = { top: 12, right: 12, bottom: 46 };
// The words along the vertical axis, and the gap between its numbers and the chart.
const Y_LABEL_PX = 22;
const NUMBER_GAP_PX = 8;
// Of the axis font, a wide letter; and the gap between two labels.
const LETTER_PX = 7.2;
const GAP_PX = 10;

/** A chart with axes, for wide and for narrow places: the style sheet shows the one that fits. */
export function drawCartesian(chart, title) {
  return Object.entries(WIDTHS).map(([name, width]) => drawAt(width, `cartesian is-${name}`, chart, title));
}

/** Bar, line and area charts. Area stacks, as in Slack; bars of several series stand side by side. */
function drawAt(width, className, chart, title) {
  const categories = chart.axis_config?.categories ?? chart.series[0].data.map((point) => point.label);
  const lines = chart.series.map((series) => ({ name: series.name, values: valuesOf(series, categories) }));
  const layers =
    chart.type === "area"
      ? stacked(lines)
      : lines.map((line) => ({ ...line, tops: line.values, floors: line.values.map(() => 0) }));
  const reach = layers.flatMap((layer) => [...layer.tops, ...layer.floors]);
  const ticks = niceTicks(Math.min(...reach), Math.max(...reach));
  const frame = frameOf(width, categories.length, ticks, Boolean(chart.axis_config?.y_label));
  const draw = { bar: drawBars, line: drawLine, area: drawArea }[chart.type];
  const marks = layers.map((layer, place) => draw(layer, place, layers.length, frame, categories));
  const names = lines.map((line) => line.name).join(", ");
  const name = `${title}. ${chart.type} chart of ${names} by ${chart.axis_config?.x_label ?? "category"}`;
  return svg(
    "svg",
    { class: className, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": name },
    drawAxes(frame, ticks, categories, chart.axis_config ?? {}),
    // The last area lies lowest in the stack order, so it is painted first.
    chart.type === "area" ? marks.reverse() : marks,
  );
}

function valuesOf(series, categories) {
  const byLabel = new Map(series.data.map((point) => [point.label, point.value]));
  return categories.map((category, place) => byLabel.get(category) ?? series.data[place]?.value ?? 0);
}

function stacked(lines) {
  let floors = lines[0].values.map(() => 0);
  return lines.map((line) => {
    const tops = line.values.map((value, place) => floors[place] + value);
    const layer = { ...line, tops, floors };
    floors = tops;
    return layer;
  });
}

function frameOf(width, count, ticks, isNamed) {
  const [low, high] = [ticks[0], ticks.at(-1)];
  const numbers = Math.max(...ticks.map((tick) => axisNumber(tick).length)) * LETTER_PX + NUMBER_GAP_PX;
  const left = (isNamed ? Y_LABEL_PX : 0) + numbers;
  const inner = { width: width - left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const slot = inner.width / count;
  return {
    width,
    slot,
    left,
    middle: (place) => left + slot * (place + 0.5),
    y: (value) => EDGE.top + inner.height * (1 - (value - low) / (high - low)),
    right: left + inner.width,
    bottom: EDGE.top + inner.height,
  };
}

function drawAxes(frame, ticks, categories, { x_label: xLabel, y_label: yLabel }) {
  const rows = ticks.map((tick) => [
    svg("line", {
      class: tick === 0 ? "axis" : "grid",
      x1: frame.left,
      x2: frame.right,
      y1: frame.y(tick),
      y2: frame.y(tick),
    }),
    svg(
      "text",
      { class: "axis-number", x: frame.left - NUMBER_GAP_PX, y: frame.y(tick) + 4, "text-anchor": "end" },
      axisNumber(tick),
    ),
  ]);
  const columns = labelled(frame, categories).map(({ label, ...place }) =>
    svg("text", { class: "axis-number", y: frame.bottom + 20, ...place }, label),
  );
  const middle = (EDGE.top + frame.bottom) / 2;
  return [
    rows,
    columns,
    xLabel &&
      svg(
        "text",
        { class: "axis-label", x: (frame.left + frame.right) / 2, y: HEIGHT - 8, "text-anchor": "middle" },
        ...fitted(xLabel, frame.right - frame.left),
      ),
    yLabel &&
      svg(
        "text",
        {
          class: "axis-label",
          x: 14,
          y: middle,
          "text-anchor": "middle",
          transform: `rotate(-90 14 ${middle})`,
        },
        ...fitted(yLabel, 2 * middle),
      ),
  ];
}

/** The labels that have room under their columns, and where they stand; none overlaps another. */
function labelled(frame, categories) {
  let free = 0;
  return categories.flatMap((label, place) => {
    const width = widthOf(label);
    const wanted = frame.middle(place) - width / 2;
    // At the edges a label moves inwards, where it would be cut off.
    const start = Math.max(0, Math.min(wanted, frame.width - width));
    if (start < free) return [];
    free = start + width + GAP_PX;
    if (start === wanted) return [{ label, x: frame.middle(place), "text-anchor": "middle" }];
    return [start ? { label, x: frame.width, "text-anchor": "end" } : { label, x: 0 }];
  });
}

/** About how wide a label is: letters from the far east take twice the room. */
function widthOf(label) {
  return [...label].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1) * LETTER_PX, 0);
}

/** As much of a label as fits, and the whole of it for whoever points at it. */
function fitted(label, width) {
  const most = Math.floor(width / (LETTER_PX + 1));
  return label.length > most ? [`${label.slice(0, most - 1)}…`, svg("title", {}, label)] : [label];
}

function drawBars(layer, place, count, frame, categories) {
  const width = Math.min((frame.slot * 0.7) / count, 44);
  return layer.values.map((value, column) => {
    const [top, bottom] = [frame.y(Math.max(0, value)), frame.y(Math.min(0, value))];
    const x = frame.middle(column) + (place - count / 2) * width;
    return svg(
      "rect",
      {
        class: `series series-${place + 1}`,
        x: x + 1,
        y: top,
        width: Math.max(width - 2, 1),
        height: Math.max(bottom - top, 0.5),
        rx: 2,
      },
      named(layer, categories[column], value),
    );
  });
}

function drawLine(layer, place, count, frame, categories) {
  const points = layer.values.map((value, column) => [frame.middle(column), frame.y(value)]);
  return [
    svg("polyline", {
      class: `series-line series-${place + 1}`,
      points: points.map((point) => point.join(",")).join(" "),
    }),
    points.map(([cx, cy], column) =>
      svg(
        "circle",
        { class: `series series-${place + 1}`, cx, cy, r: 3.5 },
        named(layer, categories[column], layer.values[column]),
      ),
    ),
  ];
}

function drawArea(layer, place, count, frame) {
  const path = (values) => values.map((value, column) => `${frame.middle(column)},${frame.y(value)}`);
  const outline = [...path(layer.tops), ...path(layer.floors).reverse()].join(" ");
  return [
    svg(
      "polygon",
      { class: `series-area series-${place + 1}`, points: outline },
      svg("title", {}, layer.name),
    ),
    svg("polyline", { class: `series-line series-${place + 1}`, points: path(layer.tops).join(" ") }),
  ];
}

function named(layer, category, value) {
  return svg("title", {}, `${layer.name}, ${category}: ${value}`);
}
