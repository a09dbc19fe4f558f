import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { withGlyphs } from "./glyphs.js";
import { drawnHtml } from "./html.js";

/** Draw a text object, or a plain string as some newer blocks carry it. */
export function drawText(text, store, tag = "div", attributes = {}) {
  const node = h(tag, attributes);
  node.classList.add("text");
  node.append(...textNodes(text, store));
  return node;
}

/** The words of a text object, for labels and alternatives. */
export function plainText(text) {
  if (text === null || text === undefined) return "";
  return typeof text === "string" ? text : withEmoji(text.text ?? "");
}

function textNodes(text, store) {
  if (text && typeof text === "object" && text._html !== undefined) return [drawnHtml(text._html, store)];
  return withGlyphs(plainText(text));
}
