import { h } from "../dom.js";
import { icon } from "../icons.js";

export function drawFile(block) {
  return h(
    "div",
    { class: "file" },
    icon("file", 22),
    h(
      "div",
      {},
      h("div", { class: "file-name" }, "Remote file"),
      h("div", { class: "quiet" }, block.external_id ?? ""),
    ),
  );
}
