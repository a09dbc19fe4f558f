import { h } from "./dom.js";

/** Draw a value as indented JSON. Keys with an underscore exist for this page only; Slack does not know them. */
export function drawJson(value, name) {
  const shown = JSON.stringify(value, (key, inner) => (key.startsWith("_") ? undefined : inner), 2);
  return h("pre", { class: "json", tabindex: 0, "aria-label": name }, shown);
}
