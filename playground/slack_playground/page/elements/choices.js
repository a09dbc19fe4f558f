import { freshId, h } from "../dom.js";
import { drawText } from "../text.js";

export function drawCheckboxes(site) {
  const { element } = site;
  const { selected_options: chosen } = site.current({ selected_options: element.initial_options ?? [] });
  return drawGroup(site, "checkbox", "group", chosen, (inputs) => ({
    selected_options: element.options.filter((_, place) => inputs[place].checked),
  }));
}

export function drawRadioButtons(site) {
  const { element } = site;
  const { selected_option: chosen } = site.current({ selected_option: element.initial_option ?? null });
  return drawGroup(site, "radio", "radiogroup", chosen ? [chosen] : [], (inputs) => ({
    selected_option: element.options[inputs.findIndex((input) => input.checked)] ?? null,
  }));
}

function drawGroup(site, type, role, chosen, read) {
  const name = freshId(type);
  const inputs = [];
  const choose = async () => {
    if (!(await site.choose(read(inputs)))) inputs.forEach((input, place) => (input.checked = before[place]));
    before = inputs.map((input) => input.checked);
  };
  const options = (site.element.options ?? []).map((option) => {
    const checked = chosen.some((other) => other.value === option.value);
    const input = h("input", { type, name, value: option.value, checked, onchange: choose });
    inputs.push(input);
    return drawOption(input, option, site.store);
  });
  let before = inputs.map((input) => input.checked);
  return h("div", { class: "choices", role, ...site.labelled("Choices"), ...site.hooks }, options);
}

function drawOption(input, option, store) {
  return h(
    "label",
    { class: "choice" },
    input,
    h(
      "span",
      {},
      drawText(option.text, store, "span"),
      option.description && drawText(option.description, store, "span", { class: "choice-description" }),
    ),
  );
}
