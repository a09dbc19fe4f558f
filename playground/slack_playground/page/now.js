let known = null;

/** Follow the playground's clock, which may be ahead of this machine's or stand still between jumps. */
export function followClock({ now, is_by_hand: stands }) {
  if (now) known = { now, stands, at: performance.now() };
}

/** The time in the playground, in seconds since 1970. */
export function nowSeconds() {
  if (!known) return Date.now() / 1000;
  return known.stands ? known.now : known.now + (performance.now() - known.at) / 1000;
}
