import { h } from "../dom.js";

/** The playground has nowhere to put a person's file, and says so instead of pretending. */
export function drawFileInput(site) {
  site.current({ files: [] });
  return h(
    "div",
    { class: "file-input", ...site.hooks },
    h(
      "button",
      { class: "button", type: "button", disabled: true, ...site.labelled("Choose files") },
      "Choose files",
    ),
    h("span", { class: "quiet" }, "People cannot upload files in the playground."),
  );
}
