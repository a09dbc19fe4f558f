import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";

export function drawActions(block, surface) {
  return h(
    "div",
    { class: "actions" },
    block.elements.map((element) => drawElement(element, block, surface)),
  );
}
