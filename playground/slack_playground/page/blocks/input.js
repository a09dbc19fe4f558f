import { freshId, h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";
import { drawText } from "../text.js";

/** A label, its element, a hint, and a place where a refused submission says what is wrong. */
export function drawInput(block, surface) {
  const labelId = freshId("label");
  const descriptionId = freshId("hint");
  const input = {
    labelId,
    descriptionId,
    required: !block.optional,
    dispatches: Boolean(block.dispatch_action),
  };
  const asterisk = h("span", { class: "required", "aria-hidden": "true", title: "Required" }, "*");
  const optional = h("span", { class: "quiet" }, " (optional)");
  return h(
    "div",
    { class: "input" },
    h(
      "div",
      { class: "input-label", id: labelId },
      drawText(block.label, surface.store, "span"),
      input.required ? asterisk : optional,
    ),
    drawElement(block.element, block, surface, input),
    h(
      "div",
      { id: descriptionId },
      h("div", { class: "input-error", role: "alert" }),
      block.hint && drawText(block.hint, surface.store, "div", { class: "input-hint" }),
    ),
  );
}
