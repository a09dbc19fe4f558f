import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";

export function drawCall(block) {
  const call = block.call?.v1 ?? {};
  const href = webAddress(call.join_url ?? "");
  return h(
    "div",
    { class: "file" },
    icon("call", 22),
    h(
      "div",
      {},
      h("div", { class: "file-name" }, call.name ?? "Call"),
      h("div", { class: "quiet" }, call.display_id ?? block.call_id),
    ),
    href && h("a", { class: "button", href, target: "_blank", rel: "noopener noreferrer" }, "Join"),
  );
}
