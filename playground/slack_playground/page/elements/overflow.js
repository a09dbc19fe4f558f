import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { plainText } from "../text.js";

export function drawOverflow(site) {
  const items = (site.element.options ?? []).map((option) => ({
    label: plainText(option.text),
    description: plainText(option.description),
    href: option.url && webAddress(option.url),
    run: () => site.press({ selected_option: option }),
  }));
  return h(
    "button",
    {
      class: "button overflow",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": site.element.accessibility_label ?? "More actions",
      ...site.hooks,
      onclick: (event) => openMenu(event.currentTarget, "More actions", items),
    },
    icon("more"),
  );
}
