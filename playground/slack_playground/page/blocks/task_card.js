import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";
import { plainText } from "../text.js";
import { drawRichWords } from "./rich_text.js";

const WORDS = { pending: "Pending", in_progress: "In progress", complete: "Complete", error: "Failed" };

export function drawTaskCard(block, surface) {
  return h("div", { class: "task-card" }, drawTask(block, block, surface));
}

/** One task: its state as icon and word, and what it has to show. */
export function drawTask(task, block, surface) {
  const details = drawRichWords(task.details, surface);
  const output = drawRichWords(task.output, surface);
  return h(
    "div",
    { class: `task task-${task.status}`, "data-task-id": task.task_id },
    drawState(task.status),
    h(
      "div",
      { class: "task-words" },
      !task.hide_title && h("div", { class: "task-title" }, plainText(task.title)),
      details && h("div", { class: "task-details" }, details),
      output && h("div", { class: "task-output" }, output),
      task.sources?.length > 0 && h("div", { class: "task-sources" }, task.sources.map(drawSource)),
    ),
  );
}

function drawState(status) {
  const shapes = {
    complete: icon("success"),
    error: icon("error"),
    pending: icon("circle"),
    in_progress: h("span", { class: "spinner", "aria-hidden": "true" }),
  };
  const words = WORDS[status] ?? status;
  return h(
    "span",
    { class: "task-state", role: "img", "aria-label": words, title: words },
    shapes[status] ?? icon("circle"),
  );
}

function drawSource({ url, text }) {
  const href = webAddress(url ?? "");
  return href
    ? h("a", { class: "pill", href, target: "_blank", rel: "noopener noreferrer" }, text ?? url)
    : h("span", { class: "pill" }, text);
}
