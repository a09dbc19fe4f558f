import { freshId, h } from "../dom.js";

/** A labelled input: `{node, field}`. */
export function drawField(label, attributes, tag = "input") {
  const id = freshId("field");
  const field = h(tag, { class: "field", id, ...attributes });
  return { field, node: h("div", { class: "form-field" }, h("label", { for: id }, label), field) };
}

/** A labelled native select; options are `[value, words]`. */
export function drawChoice(label, options, changed) {
  const made = drawField(label, { onchange: changed }, "select");
  fillChoice(made.field, options);
  return made;
}

export function fillChoice(field, options) {
  field.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
}

export function drawButton(label, run, style = "") {
  return h("button", { class: `button small ${style}`, type: "button", onclick: run }, label);
}

/** "once", "3 times". */
export function times(count) {
  return count === 1 ? "once" : `${count} times`;
}

/** The line that says why something was refused. */
export function drawTrouble() {
  return h("p", { class: "trouble", role: "alert" });
}
