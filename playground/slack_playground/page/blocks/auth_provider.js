import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";
import { drawText, plainText } from "../text.js";

/** Whether a person's account elsewhere is connected, and the link that changes it. */
export function drawAuthProvider(block, surface) {
  const words = (text, className) => text && drawText(text, surface.store, "div", { class: className });
  const connected = [plainText(block.connected_identity), plainText(block.connected_context)]
    .filter(Boolean)
    .join(" · ");
  const href = webAddress((block.is_connected ? block.disconnect_url : block.auth_url) ?? "");
  const label = block.is_connected ? "Disconnect" : "Connect";
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "card-head" },
      h("span", { class: "card-icon" }, icon("lock")),
      h("div", {}, words(block.name, "card-title"), words(block.description, "card-subtitle")),
    ),
    block.is_connected &&
      h("div", { class: "card-subtext" }, `Connected${connected ? `: ${connected}` : ""}`),
    h(
      "div",
      { class: "actions" },
      href && h("a", { class: "button", href, target: "_blank", rel: "noopener noreferrer" }, label),
      block.accessory && drawElement(block.accessory, block, surface),
    ),
  );
}
