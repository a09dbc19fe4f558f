import { localMinute, momentOf } from "../dates.js";
import { h } from "../dom.js";

export function drawDatePicker(site) {
  return drawNative(site, "date", "selected_date", site.element.initial_date, "Date");
}

export function drawTimePicker(site) {
  return drawNative(site, "time", "selected_time", site.element.initial_time, "Time");
}

/** Slack keeps a moment in seconds; the person sees it in their zone. */
export function drawDateTimePicker(site) {
  const { selected_date_time: chosen } = site.current({
    selected_date_time: site.element.initial_date_time ?? null,
  });
  const input = h("input", {
    class: "field",
    type: "datetime-local",
    value: chosen ? localMinute(chosen, site.store.zone) : "",
    ...site.labelled("Date and time"),
  });
  input.addEventListener("change", () => {
    site.choose({ selected_date_time: momentOf(input.value, site.store.zone) });
  });
  return h("span", { class: "native", ...site.hooks }, input);
}

function drawNative(site, type, key, initial, name) {
  const chosen = site.current({ [key]: initial ?? null })[key];
  const input = h("input", {
    class: "field",
    type,
    value: chosen ?? "",
    title: site.placeholder,
    ...site.labelled(site.placeholder ?? name),
  });
  input.addEventListener("change", async () => {
    const before = site.current({})[key];
    if (!(await site.choose({ [key]: input.value || null }))) input.value = before ?? "";
  });
  return h("span", { class: "native", ...site.hooks }, input);
}
