import { h } from "../dom.js";
import { icon } from "../icons.js";
import { drawText } from "../text.js";

const ICONS = { default: "info", info: "info", warning: "warning", error: "error", success: "success" };

export function drawAlert(block, surface) {
  const level = block.level in ICONS ? block.level : "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(ICONS[level]),
    drawText(block.text, surface.store),
  );
}
