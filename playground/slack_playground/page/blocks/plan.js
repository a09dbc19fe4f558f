import { h } from "../dom.js";
import { plainText } from "../text.js";
import { drawTask } from "./task_card.js";

/** A plan: its title, how far it is, and its tasks in order. */
export function drawPlan(block, surface) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h(
    "div",
    { class: "plan" },
    h(
      "div",
      { class: "plan-title" },
      h("span", {}, plainText(block.title)),
      h("span", { class: "quiet plan-count" }, `${done} of ${tasks.length} done`),
    ),
    h(
      "ol",
      { class: "plan-tasks" },
      tasks.map((task) => h("li", {}, drawTask(task, block, surface))),
    ),
  );
}
