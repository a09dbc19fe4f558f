const NAMED = {};
const OWN = {};

/**
 * Take the list of emoji that the server knows, name → character, and the workspace's own,
 * name → the address of a picture or the character that an alias stands for.
 */
export function knowEmoji(named, custom = {}) {
  Object.assign(NAMED, named);
  Object.assign(OWN, custom);
}

/** The names of the emoji this page can draw. */
export function emojiNames() {
  return [...Object.keys(OWN), ...Object.keys(NAMED)];
}

/** One of the workspace's own emoji as `{picture}`, its address, or as `{text}`; null for others. */
export function ownEmoji(name) {
  if (!Object.hasOwn(OWN, name)) return null;
  const shown = OWN[name];
  return /^(https?:|data:|\/)/i.test(shown) ? { picture: shown } : { text: shown };
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
