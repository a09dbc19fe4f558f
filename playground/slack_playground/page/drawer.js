import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Draw a wide pane with a heading, tabs and a way out: its close button or Escape. */
export function drawDrawer({ name, title, note, tabs, shut }) {
  const close = h(
    "button",
    { class: "icon-button", type: "button", "aria-label": `Close ${title.toLowerCase()}`, onclick: shut },
    icon("close"),
  );
  return h(
    "aside",
    {
      class: `pane wide ${title.toLowerCase()}`,
      "aria-label": name,
      onkeydown: (event) => event.key === "Escape" && shut(),
    },
    h("header", { class: "pane-head" }, h("h2", {}, title), h("span", { class: "quiet" }, note), close),
    tabs.list,
    tabs.panel,
  );
}
