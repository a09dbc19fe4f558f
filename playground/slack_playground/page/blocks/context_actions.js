import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";

export function drawContextActions(block, surface) {
  return h(
    "div",
    { class: "context-actions" },
    block.elements.map((element) => drawElement(element, block, surface)),
  );
}
