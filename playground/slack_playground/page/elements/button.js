import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { plainText } from "../text.js";

/** A button. One with a url opens it in a new tab and tells the app all the same, as in Slack. */
export function drawButton(site) {
  const { element } = site;
  const label = plainText(element.text);
  const href = element.url ? webAddress(element.url) : null;
  return h(
    href ? "a" : "button",
    {
      class: ["button", element.style].filter(Boolean).join(" "),
      type: href ? null : "button",
      href,
      target: href && "_blank",
      rel: href && "noopener noreferrer",
      "aria-label": element.accessibility_label,
      title: label.length > 30 ? label : null,
      ...site.hooks,
      onclick: (event) => press(event.currentTarget, site),
    },
    h("span", { class: "button-label" }, label),
  );
}

function press(node, site) {
  if (node.getAttribute("aria-busy") !== "true")
    site.press({ text: site.element.text, value: site.element.value });
}
