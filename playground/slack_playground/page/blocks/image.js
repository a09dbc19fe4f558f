import { h } from "../dom.js";
import { drawImage } from "../elements/picture.js";
import { drawText } from "../text.js";

export function drawImageBlock(block, surface) {
  return h(
    "figure",
    { class: "image" },
    block.title && drawText(block.title, surface.store, "figcaption"),
    drawImage(block, "image-picture"),
  );
}
