const NAMED = {};

/** Take the list of emoji that the server knows: name → character. */
export function knowEmoji(named) {
  Object.assign(NAMED, named);
}

/** The names of the emoji this page can draw. */
export function emojiNames() {
  return Object.keys(NAMED);
}

/** Turn `:name:` into the character; names this page does not know stay readable as they are. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (code, name) => NAMED[name] ?? code);
}

/** A rich text emoji element: by its code points where Slack sends them, else by its name. */
export function emojiText({ name, unicode }) {
  if (unicode) return String.fromCodePoint(...unicode.split("-").map((point) => parseInt(point, 16)));
  return NAMED[name] ?? `:${name}:`;
}
