import { h } from "../dom.js";
import { drawElement } from "../elements/catalogue.js";
import { drawImage } from "../elements/picture.js";
import { icon } from "../icons.js";
import { drawText } from "../text.js";

export function drawCard(block, surface) {
  const words = (text, className) => text && drawText(text, surface.store, "div", { class: className });
  const actions = block.actions?.elements ?? block.actions ?? [];
  return h(
    "section",
    { class: "card" },
    block.hero_image && drawImage(block.hero_image, "card-hero"),
    h(
      "div",
      { class: "card-head" },
      block.icon && drawImage(block.icon, "card-icon"),
      block.slack_icon &&
        h("span", { class: "card-icon", title: block.slack_icon.name }, icon(block.slack_icon.name)),
      h("div", {}, words(block.title, "card-title"), words(block.subtitle, "card-subtitle")),
    ),
    words(block.body, "card-body"),
    words(block.subtext, "card-subtext"),
    actions.length > 0 &&
      h(
        "div",
        { class: "actions" },
        actions.map((element) => drawElement(element, block, surface)),
      ),
  );
}
