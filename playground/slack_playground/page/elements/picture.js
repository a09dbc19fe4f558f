import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";

/** The image element of a context or an accessory. */
export function drawPicture(site) {
  return drawImage(site.element, "picture");
}

/**
 * Draw an image that lies on this server. The page fetches nothing from elsewhere, so a foreign
 * one becomes its words and, where there is room, a link.
 */
export function drawImage(image, className) {
  const url = image.image_url ?? addressOf(image.slack_file);
  const alt = image.alt_text ?? "";
  if (!isOurs(url)) return drawWords(url, alt, className);
  const picture = h("img", { class: className, src: url, alt, loading: "lazy" });
  picture.addEventListener("error", () => picture.replaceWith(drawWords("", alt, className)));
  return picture;
}

function addressOf(file) {
  return file?.url ?? (file?.id ? `/files/${encodeURIComponent(file.id)}` : "");
}

function drawWords(url, alt, className) {
  const href = webAddress(url);
  const words = [icon("eye", 16), h("span", { class: "picture-words" }, alt)];
  const attributes = {
    class: `${className} picture-elsewhere`,
    role: "img",
    "aria-label": alt,
    title: `${alt}\n${url}`,
  };
  if (!href) return h("span", attributes, words);
  return h(
    "a",
    {
      ...attributes,
      role: null,
      "aria-label": `Open image: ${alt}`,
      href,
      target: "_blank",
      rel: "noopener noreferrer",
    },
    words,
  );
}

function isOurs(url) {
  if (/^data:image\/(png|gif|jpeg|webp);/.test(url)) return true;
  return (
    url !== "" && URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin
  );
}
