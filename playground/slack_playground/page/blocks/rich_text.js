import { h } from "../dom.js";
import { drawInline } from "./rich_text_inline.js";

const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

export function drawRichText(block, surface) {
  return h(
    "div",
    { class: "rich-text" },
    (block.elements ?? []).map((element) => drawPart(element, surface)),
  );
}

/** Rich text as it stands in cells, titles and task cards; a plain string is taken as it is. */
export function drawRichWords(value, surface) {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? h("div", { class: "text" }, value) : drawRichText(value, surface);
}

const PARTS = {
  rich_text_section: (part, surface) => h("div", { class: "text" }, inline(part, surface)),
  rich_text_list: drawList,
  rich_text_quote: (part, surface) =>
    h("blockquote", { class: `text${bordered(part)}` }, inline(part, surface)),
  rich_text_preformatted: (part, surface) =>
    h(
      "pre",
      { class: bordered(part).trim() || null, tabindex: 0, "aria-label": "Preformatted text" },
      inline(part, surface),
    ),
};

function drawPart(part, surface) {
  const draw = PARTS[part.type];
  return draw ? draw(part, surface) : h("div", { class: "cannot-draw" }, `cannot draw: ${part.type}`);
}

function drawList(part, surface) {
  const ordered = part.style === "ordered";
  const indent = part.indent ?? 0;
  const shapes = ordered ? NUMBERS : BULLETS;
  return h(
    ordered ? "ol" : "ul",
    {
      class: `rich-list${bordered(part)}`,
      start: ordered && part.offset ? part.offset + 1 : null,
      style: { "--indent": indent, "list-style-type": shapes[indent % shapes.length] },
    },
    part.elements.map((item) => h("li", {}, inline(item, surface))),
  );
}

function bordered(part) {
  return part.border ? " bordered" : "";
}

function inline(part, surface) {
  return (part.elements ?? []).map((element) => drawInline(element, surface.store));
}
