import { drawnHtml } from "./html.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
// A number with what it counts: "10%", "3 min", "12:40". It says how far, not what.
const MEASURE = /[\d.,:/]*\d\s*(?:%|[\p{L}]+)?/gu;

// Words that come and go with a measure and say nothing of what came of it.
const BESIDE = new Set(["left", "remaining", "about", "of", "in", "eta", "elapsed"]);

/** Text as it is said aloud: Slack's three entities are characters again. */
export function unescaped(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** The words of a message for a screen reader, without markup. */
export function spokenWords(message, store) {
  if (message._html === undefined) return unescaped(message.text ?? "");
  const drawn = drawnHtml(message._html, store);
  drawn.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
  drawn.querySelectorAll("blockquote, pre, li").forEach((part) => part.prepend("\n"));
  return drawn.textContent.trimStart();
}

export function firstLine(words) {
  return words.trim().split("\n")[0];
}

/**
 * What a message's first line says came of it, if an edit changed that; else null. A line in which
 * only numbers moved says the same as before: progress must not talk all the time.
 */
export function newStatus(before, after, store) {
  const [old, line] = [before, after].map((message) => firstLine(spokenWords(message, store)));
  return steady(old) === steady(line) ? null : line;
}

function steady(line) {
  const words = line.replace(MEASURE, "").toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.filter((word) => !BESIDE.has(word)).join(" ");
}
