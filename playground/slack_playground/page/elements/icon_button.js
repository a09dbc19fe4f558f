import { h } from "../dom.js";
import { icon } from "../icons.js";
import { plainText } from "../text.js";

/** A button that is an icon; it may be for some people only. */
export function drawIconButton(site) {
  const { element, store } = site;
  const allowed = element.visible_to_user_ids;
  if (allowed?.length && !allowed.includes(store.meId)) return h("span", { hidden: true });
  const name = element.accessibility_label ?? plainText(element.text);
  return h(
    "button",
    {
      class: "icon-button",
      type: "button",
      "aria-label": name,
      title: name,
      ...site.hooks,
      onclick: () => site.press({ value: element.value }),
    },
    icon(element.icon === "trash" ? "trash" : "spark"),
  );
}
