import { h } from "../dom.js";
import { drawImage } from "../elements/picture.js";
import { icon } from "../icons.js";
import { drawText } from "../text.js";
import { drawRichText } from "./rich_text.js";

/** Blocks in a frame with a title, which may fold. Whether a person folded it survives an edit. */
export function drawContainer(block, surface) {
  const children = (block.child_blocks ?? []).map((child) => surface.draw(child));
  const className = `container width-${block.width ?? "standard"}${block.has_header_divider ? " divided" : ""}`;
  const title = drawTitle(block, surface);
  if (!block.is_collapsible)
    return h("section", { class: className }, h("div", { class: "container-head" }, title), children);
  const open = surface.recall(block.block_id, "open", !block.default_collapsed);
  return h(
    "details",
    {
      class: className,
      open,
      ontoggle: (event) => surface.remember(block.block_id, "open", event.target.open),
    },
    h(
      "summary",
      { class: "container-head", "data-key": `fold-${block.block_id}` },
      icon("chevron", 16),
      title,
    ),
    children,
  );
}

function drawTitle(block, surface) {
  const title = block.rich_text_title
    ? drawRichText(block.rich_text_title, surface)
    : drawText(block.title, surface.store);
  return [
    block.icon && // What is inside of a summary must not be a link.
    drawImage(block.icon, "container-icon", { isLinked: false }),
    h(
      "div",
      { class: "container-title" },
      h("div", { class: "container-name" }, title),
      block.subtitle && drawText(block.subtitle, surface.store, "div", { class: "quiet" }),
    ),
  ];
}
