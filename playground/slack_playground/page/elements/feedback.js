import { h } from "../dom.js";
import { icon } from "../icons.js";
import { plainText } from "../text.js";

/** Thumbs up and down; the last one pressed stays pressed. */
export function drawFeedbackButtons(site) {
  const { surface, element } = site;
  const given = surface.recall(site.blockId, site.actionId, null);
  const choices = [
    ["positive", "up", element.positive_button],
    ["negative", "down", element.negative_button],
  ];
  const group = h("span", { class: "feedback", role: "group", "aria-label": "Feedback", ...site.hooks });
  const buttons = choices
    .filter(([, , button]) => button)
    .map(([kind, shape, button]) => {
      const name = button.accessibility_label ?? plainText(button.text);
      const press = () => {
        surface.remember(site.blockId, site.actionId, kind);
        for (const other of group.querySelectorAll("button"))
          other.setAttribute("aria-pressed", String(other.dataset.kind === kind));
        site.press({ value: button.value, text: button.text });
      };
      return h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": name,
          title: plainText(button.text),
          "aria-pressed": String(given === kind),
          "data-kind": kind,
          onclick: press,
        },
        icon(shape),
      );
    });
  group.append(...buttons);
  return group;
}
