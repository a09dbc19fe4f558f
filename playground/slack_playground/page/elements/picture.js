import { h } from "../dom.js";
import { webAddress } from "../html.js";
import { icon } from "../icons.js";

/** The image element of a context or an accessory. */
export function drawPicture(site) {
  return drawImage(site.element, "picture");
}

const outside = { isShown: false };

/** Say whether the server hands on pictures from elsewhere. */
export function showOutsidePictures(isShown) {
  outside.isShown = isShown;
}

/** Where the page gets a picture from: this server, which may hand it on from elsewhere; or null. */
export function pictureAddress(url) {
  if (isOurs(url)) return url;
  return outside.isShown && /^https?:/i.test(url) ? `/pictures?url=${encodeURIComponent(url)}` : null;
}

/**
 * Draw an image that lies on this server, or that it hands on. The page itself fetches nothing
 * from elsewhere; a foreign one becomes its words and, where there is room, a link.
 */
export function drawImage(image, className, { isLinked = true } = {}) {
  const url = image.image_url ?? addressOf(image.slack_file);
  const alt = image.alt_text ?? "";
  const src = pictureAddress(url);
  if (!src) return drawWords(isLinked ? url : "", alt, className);
  const picture = h("img", { class: className, src, alt, loading: "lazy" });
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
    "aria-hidden": alt ? null : "true",
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
