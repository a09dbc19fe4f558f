import { h } from "../dom.js";
import { drawImage } from "../elements/picture.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";
import { drawText, plainText } from "../text.js";

/** A video as a card: the page embeds nothing from elsewhere, so it links to where it plays. */
export function drawVideo(block, surface) {
  const href = webAddress(block.title_url ?? block.video_url ?? "");
  const title = plainText(block.title);
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "section",
    { class: "card video" },
    h(
      "div",
      { class: "video-screen" },
      drawImage({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "card-hero"),
      h("span", { class: "video-play" }, icon("play", 28)),
    ),
    h(
      "div",
      { class: "card-title" },
      href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, title) : title,
    ),
    from && h("div", { class: "card-subtitle" }, from),
    block.description && drawText(block.description, surface.store, "div", { class: "card-body" }),
  );
}
