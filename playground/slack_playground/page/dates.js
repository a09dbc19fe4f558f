import { nowSeconds } from "./now.js";

const DAY_MS = 86_400_000;

const PARTS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};
const EXACT = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const DAY_LINE = { weekday: "long", month: "long", day: "numeric" };
const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit" };

/** "10:42" or "10:42 AM", as the reader's browser writes times, in the given zone. */
export function clockTime(ts, zone) {
  return formatted(at(ts), PARTS.time, zone);
}

export function fullTime(ts, zone) {
  return `${formatted(at(ts), PARTS.date_long, zone)} at ${formatted(at(ts), PARTS.time_secs, zone)}`;
}

/** "10:42:07": for what happens within one minute. */
export function exactTime(ts, zone) {
  return formatted(at(ts), EXACT, zone);
}

/** "Today", "Yesterday" or "Monday, November 16": what stands above a day's messages. */
export function dayName(ts, zone) {
  return pretty(at(ts), zone, DAY_LINE, true);
}

/** The calendar day as a comparable word, in the given zone. */
export function dayOf(ts, zone) {
  return dayKey(at(ts), zone);
}

/**
 * Write out Slack's date tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 * Unknown tokens stay as they are.
 */
export function formatDate(seconds, format, zone) {
  const date = at(seconds);
  return format.replace(/\{(\w+)\}/g, (token, name) => tokenText(name, date, zone) ?? token);
}

function tokenText(name, date, zone) {
  if (name in PARTS) return formatted(date, PARTS[name], zone);
  if (name === "ago") return ago(date);
  const base = name.replace(/_?pretty$/, "").replace("day_divider", "date_long");
  if (name.endsWith("pretty") && base in PARTS) return pretty(date, zone, PARTS[base], false);
  return null;
}

function pretty(date, zone, parts, capital) {
  const words = { 0: "today", [-1]: "yesterday", 1: "tomorrow" };
  const word = words[daysFromToday(date, zone)];
  if (!word) return formatted(date, parts, zone);
  return capital ? word[0].toUpperCase() + word.slice(1) : word;
}

function daysFromToday(date, zone) {
  const day = (moment) => Date.parse(`${dayKey(moment, zone)}T00:00:00Z`);
  return Math.round((day(date) - day(at(nowSeconds()))) / DAY_MS);
}

function dayKey(date, zone) {
  // Swedish writes dates as ISO 8601 does.
  return formatted(date, DAY, zone, "sv-SE");
}

/** What a `datetime-local` input shows for a moment, in the given zone. */
export function localMinute(seconds, zone) {
  return formatted(at(seconds), MINUTE, zone, "sv-SE").replace(" ", "T");
}

/** The moment that a `datetime-local` value means in the given zone, in seconds; null if it is none. */
export function momentOf(minute, zone) {
  const wall = Date.parse(`${minute}Z`) / 1000;
  if (Number.isNaN(wall)) return null;
  // The zone's offset at the guess may differ from the one at the moment itself, hence twice.
  const nearer = (guess) => guess + wall - Date.parse(`${localMinute(guess, zone)}Z`) / 1000;
  return nearer(nearer(wall));
}

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

function ago(date) {
  const seconds = date.getTime() / 1000 - nowSeconds();
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return words.format(Math.round(seconds / size), unit);
}

const formats = new Map();

/** Write a date; `parts` is one of the constants above. */
function formatted(date, parts, zone, locale) {
  // Making a formatter costs far more than using it, and a channel shows a thousand times.
  if (!formats.has(parts)) formats.set(parts, new Map());
  const known = formats.get(parts);
  if (!known.has(zone)) known.set(zone, new Intl.DateTimeFormat(locale, { ...parts, timeZone: zone }));
  return known.get(zone).format(date);
}

function at(seconds) {
  return new Date(Number(seconds) * 1000);
}
