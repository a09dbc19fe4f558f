import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";
import { drawText } from "../text.js";

export function drawSection(block, surface) {
  const fields = (block.fields ?? []).map((field) =>
    drawText(field, surface.store, "div", { class: "section-field" }),
  );
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-words" },
      block.text && drawText(block.text, surface.store),
      fields.length > 0 && h("div", { class: "section-fields" }, fields),
    ),
    block.accessory && h("div", { class: "section-accessory" }, drawElement(block.accessory, block, surface)),
  );
}
