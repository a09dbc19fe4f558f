/**
 * Where this window looks: `?user=U…#C…` (a channel), `#D…/home` (the app's Home tab) or
 * `#C…/p1700000000000100` (one message). Two windows with other users are two people.
 */
export function readAddress() {
  const user = new URLSearchParams(location.search).get("user");
  const [channel, rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  return { user, channel: channel || null, home: rest === "home", ts: tsOf(rest) };
}

export function channelAddress(channel, tab) {
  return `#${channel}${tab ? `/${tab}` : ""}`;
}

export function userAddress(user) {
  return `?user=${encodeURIComponent(user)}${location.hash}`;
}

/** The link Slack gives for a message. */
export function permalink(domain, channel, ts, threadTs) {
  const thread = threadTs && threadTs !== ts ? `?thread_ts=${threadTs}&cid=${channel}` : "";
  return `https://${domain}.slack.com/archives/${channel}/p${ts.replace(".", "")}${thread}`;
}

function tsOf(word) {
  const digits = /^p(\d{10})(\d{6})$/.exec(word ?? "");
  return digits && `${digits[1]}.${digits[2]}`;
}
