import { drawText } from "../text.js";

const TAGS = { 1: "h3", 2: "h4", 3: "h5", 4: "h6" };

/** Levels 1 to 4 start below the page's own headings. */
export function drawHeader(block, surface) {
  const level = TAGS[block.level] ? block.level : 1;
  return drawText(block.text, surface.store, TAGS[level], { class: `header level-${level}` });
}
