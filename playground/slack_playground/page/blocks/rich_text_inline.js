import { formatDate } from "../dates.js";
import { h } from "../dom.js";
import { emojiText } from "../emoji.js";
import { withGlyphs } from "../glyphs.js";
import { webAddress } from "../html.js";

const DRAWN_BY = {
  text: (element) => (element.style?.code ? element.text : withGlyphs(element.text)),
  link: drawLink,
  emoji: (element) => withGlyphs(emojiText(element)),
  user: drawUser,
  usergroup: (element, store) => mention(`@${store.groupHandle(element.usergroup_id)}`),
  channel: drawChannel,
  team: (element) => mention(`@${element.team_id}`),
  broadcast: (element) => mention(`@${element.range}`, true),
  date: drawDate,
  color: drawColor,
  tag: (element) => h("span", { class: "pill" }, element.text ?? element.label ?? ""),
  citation: (element) => (element.url ? drawLink(element) : (element.text ?? "")),
};

/** Draw one inline element of rich text, with its bold, italic, strike, underline, code and highlight. */
export function drawInline(element, store) {
  const draw = DRAWN_BY[element.type];
  if (!draw) return h("span", { class: "cannot-draw" }, `cannot draw: ${element.type}`);
  return styled(draw(element, store), element.style ?? {});
}

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
  ["client_highlight", "mark"],
];

function styled(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function drawLink({ url, text }) {
  const href = webAddress(url ?? "");
  const words = text ?? url;
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words) : words;
}

function drawUser({ user_id: id }, store) {
  return mention(`@${store.person(id).real_name}`, id === store.meId);
}

function drawChannel({ channel_id: id }, store) {
  return h("a", { class: "mention", href: `#${id}` }, `#${store.channelName(id)}`);
}

function mention(words, me = false) {
  return h("span", { class: `mention${me ? " mention-me" : ""}` }, words);
}

function drawDate({ timestamp, format, url, fallback }, store) {
  const words = format ? formatDate(timestamp, format, store.zone) : fallback;
  const time = h("time", { datetime: new Date(timestamp * 1000).toISOString(), title: fallback }, words);
  const href = url && webAddress(url);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}

function drawColor({ value }) {
  const isColor = /^#[0-9a-f]{3,8}$/i.test(value ?? "");
  return h(
    "code",
    { class: "color" },
    isColor && h("span", { class: "swatch", style: { background: value } }),
    value,
  );
}
