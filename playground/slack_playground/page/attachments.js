import { h } from "./dom.js";
import { drawnHtml } from "./html.js";
import { drawText } from "./text.js";

/** The blocks inside a message's attachments, in order, so that they are drawn with the rest. */
export function blocksOfAttachments(message) {
  return (message.attachments ?? []).flatMap((attachment) => attachment.blocks ?? []);
}

/** Draw the older, coloured attachments around their blocks (already drawn, in order). */
export function drawAttachments(message, drawn, store) {
  const left = [...drawn];
  return (message.attachments ?? []).map((attachment) => {
    const blocks = left.splice(0, attachment.blocks?.length ?? 0);
    const words = (name) =>
      attachment[name] ? drawText(attachment[name], store, "div", { class: `attachment-${name}` }) : null;
    const text =
      attachment._html === undefined ? words("text") : h("div", {}, drawnHtml(attachment._html, store));
    const fallback = !blocks.length && !attachment.text && !attachment.title ? words("fallback") : null;
    const fields = (attachment.fields ?? []).map((field) =>
      h(
        "div",
        { class: "section-field" },
        h("strong", {}, field.title ?? ""),
        h("div", { class: "text" }, field.value ?? ""),
      ),
    );
    return h(
      "div",
      { class: "attachment", style: colourOf(attachment) },
      words("pretext"),
      words("title"),
      text,
      blocks,
      fallback,
      fields.length > 0 && h("div", { class: "section-fields" }, fields),
      words("footer"),
    );
  });
}

const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function colourOf({ color }) {
  const value = NAMED[color] ?? (/^#?[0-9a-f]{6}$/i.test(color ?? "") ? `#${color.replace("#", "")}` : null);
  return value ? { "border-left-color": value } : {};
}
