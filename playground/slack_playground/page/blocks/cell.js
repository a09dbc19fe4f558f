import { drawElement } from "../elements/catalogue.js";
import { withEmoji } from "../emoji.js";
import { withGlyphs } from "../glyphs.js";
import { drawRichText } from "./rich_text.js";

/** What stands in a table's cell: raw text, a raw number, rich text, or a button with words to fall back on. */
export function drawCell(cell, block, surface) {
  if (cell.type === "rich_text") return drawRichText(cell, surface);
  if (cell.type === "action_cell") return drawElement(cell.element, block, surface);
  return withGlyphs(withEmoji(cellText(cell)));
}

/** The words of a cell, to sort by and to read. */
export function cellText(cell) {
  if (cell.type === "action_cell")
    return cell.fallback ? cellText(cell.fallback) : (cell.element?.text?.text ?? "");
  if (cell.type === "rich_text") return richText(cell);
  return String(cell.text ?? cell.value ?? "");
}

/** The number of a cell, or null. */
export function cellNumber(cell) {
  const value = cell.type === "action_cell" ? cell.fallback?.value : cell.value;
  return typeof value === "number" ? value : null;
}

function richText(part) {
  return part.text ?? part.elements?.map(richText).join("") ?? "";
}
