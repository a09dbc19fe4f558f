import { h } from "../dom.js";
import { drawnHtml } from "../html.js";

/** Standard Markdown. The server draws it; without its drawing the source stays readable. */
export function drawMarkdown(block, surface) {
  const html = block._html ?? block.text?._html;
  if (html === undefined) return h("div", { class: "markdown text" }, block.text?.text ?? block.text);
  return h("div", { class: "markdown" }, drawnHtml(html, surface.store));
}
