import { h } from "../dom.js";

const NATIVE_TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

/** Plain, number, email, url and (as plain text) rich text inputs. */
export function drawTextInput(site) {
  const { element } = site;
  const isLong = element.multiline || element.type === "rich_text_input";
  const input = h(isLong ? "textarea" : "input", {
    class: "field",
    type: isLong ? null : (NATIVE_TYPES[element.type] ?? "text"),
    rows: isLong ? 4 : null,
    value: entered(site),
    placeholder: site.placeholder,
    maxlength: element.max_length,
    minlength: element.min_length,
    min: element.min_value,
    max: element.max_value,
    step: element.type === "number_input" ? (element.is_decimal_allowed ? "any" : "1") : null,
    autofocus: element.focus_on_load,
    autocomplete: "off",
    ...site.labelled(site.placeholder ?? "Text"),
    oninput: () => typed(site, input),
    onkeydown: (event) => keyed(event, site, input),
  });
  return h("div", { class: "text-input", ...site.hooks }, input);
}

function entered(site) {
  const { element } = site;
  if (element.type === "rich_text_input")
    return richWords(site.current({ rich_text_value: element.initial_value ?? null }).rich_text_value);
  return site.current({ value: element.initial_value ?? null }).value ?? "";
}

function typed(site, input) {
  site.enter(choiceOf(site, input));
  if (site.input?.dispatches && triggersOn(site).includes("on_character_entered"))
    site.choose(choiceOf(site, input));
}

function keyed(event, site, input) {
  if (
    event.key !== "Enter" ||
    event.isComposing ||
    (input.tagName === "TEXTAREA" && !(event.ctrlKey || event.metaKey))
  )
    return;
  if (!site.input?.dispatches || !triggersOn(site).includes("on_enter_pressed")) return;
  event.preventDefault();
  site.choose(choiceOf(site, input));
}

function triggersOn(site) {
  return site.element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
}

function choiceOf(site, input) {
  if (site.element.type === "rich_text_input")
    return { rich_text_value: input.value ? asRichText(input.value) : null };
  return { value: input.value === "" ? null : input.value };
}

function asRichText(text) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function richWords(rich) {
  const words = (element) => element.text ?? element.elements?.map(words).join("") ?? "";
  return rich ? words(rich) : "";
}
