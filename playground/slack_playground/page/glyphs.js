import { h, svg } from "./dom.js";
import { pictureAddress } from "./elements/picture.js";
import { ownEmoji } from "./emoji.js";

const ROUND = "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z";
const SQUARE = "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z";
const GLASS = "M6 3h12M6 21h12M7.5 3c0 6 4.5 6 4.5 9s-4.5 3-4.5 9M16.5 3c0 6-4.5 6-4.5 9s4.5 3 4.5 9";

/**
 * The symbols that operations messages live by, as pictures of our own: they look the same on a
 * machine without an emoji font. Each is `[name, tone, filled shape, line on it]`.
 */
const GLYPHS = {
  "✅": ["done", "green", SQUARE, "M7 12.5l3.5 3.5L17 8.5"],
  "❌": ["failed", "red", null, "M5 5l14 14M19 5L5 19"],
  "⚠": ["warning", "yellow", "M12 3L1.5 21h21z", "M12 10v5M12 18h.01"],
  "🚫": ["not allowed", "red", null, `${ROUND}M5.5 5.5l13 13`],
  "⛔": ["stopped", "red", ROUND, "M7 12h10"],
  "⏳": ["waiting", "brown", null, GLASS],
  "⌛": ["waiting", "brown", null, GLASS],
  "🔁": ["again", "blue", SQUARE, "M7 11V9h9l-2-2M17 13v2H8l2 2"],
  "🔄": ["again", "blue", SQUARE, "M7 11V9h9l-2-2M17 13v2H8l2 2"],
  "⏸": ["paused", "blue", SQUARE, "M9.5 8v8M14.5 8v8"],
  "▶": ["running", "blue", SQUARE, "M9.5 7.5v9l7-4.5z"],
  "⏹": ["stopped", "blue", SQUARE, "M9 9h6v6H9z"],
  ℹ: ["information", "blue", SQUARE, "M12 11v5M12 8h.01"],
  "❗": ["important", "red", null, "M12 4v10M12 19h.01"],
  "❓": ["question", "red", null, "M8.5 8.5a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 19h.01"],
  "🔔": ["bell", "yellow", "M12 3a6 6 0 0 1 6 6v5l2 3H4l2-3V9a6 6 0 0 1 6-6zM10 19h4l-2 2z", null],
  "🔴": ["red", "red", ROUND, null],
  "🟠": ["orange", "orange", ROUND, null],
  "🟡": ["yellow", "yellow", ROUND, null],
  "🟢": ["green", "green", ROUND, null],
  "🔵": ["blue", "blue", ROUND, null],
  "🟣": ["purple", "purple", ROUND, null],
  "⚪": ["white", "white", ROUND, null],
  "⚫": ["black", "black", ROUND, null],
  "🥇": ["first", "yellow", ROUND, "M10.5 9L12.5 8v8"],
  "🥈": ["second", "grey", ROUND, "M9.5 9.5c.5-2 5-2 4.5.5-.3 1.5-3 3.5-4.5 6h5"],
  "🥉": [
    "third",
    "orange",
    ROUND,
    "M9.5 8.5c2-1.5 4.5-.5 4 1.5-.3 1-1.5 1.5-2.5 1.5 1.5 0 3 .8 3 2.3 0 2-3 2.7-4.8 1",
  ],
};

// A symbol, or what may be one of the workspace's own emoji.
const FOUND = new RegExp(`(${Object.keys(GLYPHS).join("|")}|:[a-z0-9_+'-]+:)\\uFE0F?`, "u");

/** A text as nodes, its symbols drawn. */
export function withGlyphs(text) {
  if (!FOUND.test(text)) return [text];
  // Splitting by a group keeps what it matched: every second part is a symbol.
  return text.split(FOUND).map((part, place) => (place % 2 ? drawSymbol(part) : part));
}

/** Draw the symbols in all text below `root`, but for code, which is shown letter by letter. */
export function drawGlyphsIn(root) {
  if (!FOUND.test(root.textContent)) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (FOUND.test(text.data) && !text.parentElement?.closest("pre, code"))
      text.replaceWith(...withGlyphs(text.data));
  }
}

function drawSymbol(symbol) {
  if (symbol in GLYPHS) return drawGlyph(symbol);
  const { picture = "", text = symbol } = ownEmoji(symbol.slice(1, -1)) ?? {};
  const src = pictureAddress(picture);
  return src ? h("img", { class: "emoji", src, alt: symbol, title: symbol }) : text;
}

function drawGlyph(symbol) {
  const [name, tone, shape, line] = GLYPHS[symbol];
  const className = line?.endsWith("z") ? "glyph-line is-solid" : "glyph-line";
  return h(
    "span",
    { class: `glyph glyph-${tone}${shape ? " is-filled" : ""}`, role: "img", "aria-label": name },
    svg(
      "svg",
      { viewBox: "0 0 24 24", "aria-hidden": "true" },
      shape && svg("path", { class: "glyph-shape", d: shape }),
      line && svg("path", { class: className, d: line }),
    ),
  );
}
