import { channelAddress } from "./address.js";
import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { drawGlyphsIn } from "./glyphs.js";

/**
 * Put the server's drawn text into the page. `_html` is the one thing that is ever parsed as
 * markup: the server made it from escaped text, and the page's content policy runs no inline
 * script. Date tokens are then written in the reader's zone and mentions of the reader marked.
 */
export function drawnHtml(html, store) {
  const template = document.createElement("template");
  template.innerHTML = html;
  template.content.querySelectorAll("time[data-format]").forEach((time) => writeDate(time, store));
  template.content.querySelectorAll(".mention").forEach((mention) => drawMention(mention, store));
  template.content.querySelectorAll("a[href]").forEach(openOutside);
  drawGlyphsIn(template.content);
  return template.content;
}

/** A link's address if it leads to the web or a mail, else null: never `javascript:` and the like. */
export function webAddress(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

function writeDate(time, store) {
  const seconds = time.dataset.ts ?? Date.parse(time.getAttribute("datetime")) / 1000;
  if (!Number.isFinite(Number(seconds))) return;
  time.textContent = formatDate(seconds, time.dataset.format, store.zone);
}

const EVERYONE = ["@here", "@channel", "@everyone"];

// The server writes names; whom they mean to this reader is for the page to say.
function drawMention(mention, store) {
  const words = mention.textContent;
  if (words === `@${store.me.real_name}` || EVERYONE.includes(words)) mention.classList.add("mention-me");
  const channel =
    words.startsWith("#") && store.channels.find(({ name, is_im: isIm }) => !isIm && `#${name}` === words);
  if (channel) mention.replaceWith(h("a", { class: "mention", href: channelAddress(channel.id) }, words));
}

function openOutside(link) {
  if (link.getAttribute("href").startsWith("#")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}
