import { freshId, h } from "./dom.js";
import { drawText, plainText } from "./text.js";

/** Ask a confirmation dialog; resolves to whether the person agreed. Escape and closing mean no. */
export function confirmed(dialog, store) {
  const titleId = freshId("confirm");
  const node = h(
    "dialog",
    { class: "dialog confirm", "aria-labelledby": titleId },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: titleId }, plainText(dialog.title)),
      dialog.text && drawText(dialog.text, store),
      h(
        "div",
        { class: "dialog-buttons" },
        h("button", { class: "button", value: "no" }, plainText(dialog.deny) || "Cancel"),
        h(
          "button",
          {
            class: `button ${dialog.style === "danger" ? "danger" : "primary"}`,
            value: "yes",
            autofocus: true,
          },
          plainText(dialog.confirm) || "Continue",
        ),
      ),
    ),
  );
  document.body.append(node);
  node.showModal();
  return new Promise((resolve) => {
    node.addEventListener("close", () => {
      node.remove();
      resolve(node.returnValue === "yes");
    });
  });
}
