import { drawText } from "../text.js";

const LEVELS = [1, 2, 3, 4];

/** Every level is a heading below the page's own: an app may leave one out, an outline may not. */
export function drawHeader(block, surface) {
  const level = LEVELS.includes(block.level) ? block.level : 1;
  return drawText(block.text, surface.store, "h2", { class: `header level-${level}` });
}
