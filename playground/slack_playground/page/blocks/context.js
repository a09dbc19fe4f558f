import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";
import { drawText } from "../text.js";

export function drawContext(block, surface) {
  const parts = block.elements.map((element) =>
    element.type === "image"
      ? drawElement(element, block, surface)
      : drawText(element, surface.store, "span"),
  );
  return h("div", { class: "context" }, parts);
}
