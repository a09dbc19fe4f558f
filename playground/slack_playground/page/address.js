/**
 * Where this window looks: `?user=U…#C…` (a channel), `#D…/home` (the app's Home tab) or
 * `#C…/p1700000000000100` (one message). Two windows with other users are two people.
 * A permalink leads here as `?channel=C…&ts=1700000000.000100`, a canvas's as `?canvas=F…`.
 */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const user = query.get("user");
  if (query.has("channel") && !location.hash)
    return { user, channel: query.get("channel"), home: false, ts: query.get("ts") };
  const [channel, rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  const canvas = query.get("canvas");
  return { user, channel: channel || null, home: rest === "home", ts: tsOf(rest), canvas };
}

export function channelAddress(channel, tab) {
  return `#${channel}${tab ? `/${tab}` : ""}`;
}

/** The window of another person, at the same place unless told otherwise. */
export function userAddress(user, place = location.hash) {
  return `?user=${encodeURIComponent(user)}${place}`;
}

/** Write who looks into the address, and where a permalink led, without a new entry in the history. */
export function settleAddress(user) {
  const { channel, ts } = readAddress();
  const place = location.hash || (channel ? `#${channel}${ts ? `/p${ts.replace(".", "")}` : ""}` : "");
  history.replaceState(null, "", `?user=${encodeURIComponent(user)}${place}`);
}

/** The link of a message, as `chat.getPermalink` answers it here. */
export function permalink(channel, ts, threadTs) {
  const thread = threadTs && threadTs !== ts ? `?thread_ts=${threadTs}&cid=${channel}` : "";
  return `${location.origin}/archives/${channel}/p${ts.replace(".", "")}${thread}`;
}

function tsOf(word) {
  const digits = /^p(\d{10})(\d{6})$/.exec(word ?? "");
  return digits && `${digits[1]}.${digits[2]}`;
}
