import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { drawImage } from "./elements/picture.js";
import { drawnHtml, webAddress } from "./html.js";
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
    return [
      words(attachment, "pretext", store),
      h("div", { class: "attachment", style: colourOf(attachment) }, drawInside(attachment, blocks, store)),
    ];
  });
}

function drawInside(attachment, blocks, store) {
  const isBare = !blocks.length && !["text", "title", "image_url", "fields"].some((name) => attachment[name]);
  return [
    attachment.thumb_url && !attachment.image_url && drawImage(picture(attachment, "thumb_url"), "attachment-thumb"),
    drawAuthor(attachment),
    attachment.title &&
      h("div", { class: "attachment-title" }, linked(attachment.title, attachment.title_link)),
    words(attachment, "text", store),
    blocks,
    isBare && words(attachment, "fallback", store),
    drawFields(attachment, store),
    attachment.image_url && drawImage(picture(attachment, "image_url"), "attachment-image"),
    drawFooter(attachment, store),
  ];
}

/** A text of the attachment: as markup if the server drew it, else as it stands. */
function words(attachment, name, store) {
  if (!attachment[name]) return null;
  const drawn = attachment[name === "text" ? "_html" : `_${name}_html`];
  const attributes = { class: `text attachment-${name}` };
  if (drawn !== undefined) return h("div", attributes, drawnHtml(drawn, store));
  return drawText(attachment[name], store, "div", { class: `attachment-${name}` });
}

function drawAuthor(attachment) {
  const { author_name: name, author_link: link } = attachment;
  if (!name) return null;
  const face = drawIcon(attachment.author_icon);
  return h("div", { class: "attachment-author" }, face, linked(name, link));
}

function drawFields(attachment, store) {
  const fields = (attachment.fields ?? []).map((field) =>
    h(
      "div",
      { class: `section-field${field.short ? "" : " is-wide"}` },
      h("strong", {}, String(field.title ?? "")),
      field._html === undefined
        ? h("div", { class: "text" }, String(field.value ?? ""))
        : h("div", { class: "text" }, drawnHtml(field._html, store)),
    ),
  );
  return fields.length > 0 && h("div", { class: "section-fields" }, fields);
}

function drawFooter(attachment, store) {
  const { footer, ts } = attachment;
  if (!footer && !ts) return null;
  const face = drawIcon(attachment.footer_icon);
  const time = ts && formatDate(ts, "{date_short} {time}", store.zone);
  return h("div", { class: "attachment-footer" }, face, [footer, time].filter(Boolean).join(" | "));
}

// The name beside it says what it shows.
function drawIcon(url) {
  return url && drawImage({ image_url: url, alt_text: "" }, "attachment-icon", { isLinked: false });
}

function picture(attachment, name) {
  return { image_url: attachment[name], alt_text: attachment.title || attachment.fallback || "Picture" };
}

function linked(words, link) {
  const href = webAddress(link ?? "");
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words) : words;
}

const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function colourOf({ color }) {
  const value = NAMED[color] ?? (/^#?[0-9a-f]{6}$/i.test(color ?? "") ? `#${color.replace("#", "")}` : null);
  return value ? { "border-left-color": value } : {};
}
