import { h } from "../dom.js";
import { drawCard } from "./card.js";

/** Cards side by side, to scroll with the mouse, the keys or the two buttons. */
export function drawCarousel(block, surface) {
  const cards = block.elements ?? [];
  const slides = cards.map((card, place) =>
    h(
      "li",
      { "aria-label": `${place + 1} of ${cards.length}` },
      drawCard({ ...card, block_id: card.block_id ?? block.block_id }, surface),
    ),
  );
  const track = h(
    "ul",
    { class: "carousel-track", tabindex: 0, "aria-label": "Cards", "data-key": `carousel-${block.block_id}` },
    slides,
  );
  const turn = (words, sign) =>
    h(
      "button",
      {
        class: "button small",
        type: "button",
        "data-key": `${words}-${block.block_id}`,
        onclick: () => track.scrollBy({ left: sign * track.clientWidth * 0.8, behavior: "smooth" }),
      },
      words,
    );
  return h(
    "section",
    { class: "carousel", "aria-label": "Carousel" },
    track,
    cards.length > 1 && h("div", { class: "pager" }, turn("Back", -1), turn("Forward", 1)),
  );
}
