import { h } from "./dom.js";
import { pictureAddress } from "./elements/picture.js";
import { withEmoji } from "./emoji.js";
import { withGlyphs } from "./glyphs.js";

const TINTS = 8;

/**
 * A person's initials on a tint of their own, or the emoji or picture a message was dressed up
 * with; an app's are square.
 */
export function drawAvatar(user, name = user.real_name || user.name, { emoji = "", image_48: image = "" } = {}) {
  const src = image && pictureAddress(image);
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
  if (src) return h("img", { class: "avatar is-bot", src, alt: "" });
  return h(
    "span",
    { class: `avatar tint-${tintOf(user.id)}${user.is_bot ? " is-bot" : ""}`, "aria-hidden": "true" },
    emoji ? withGlyphs(withEmoji(emoji)) : initials || "?",
  );
}

function tintOf(id) {
  return [...(id || "?")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % TINTS;
}
