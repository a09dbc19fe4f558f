const ROOT = "/_playground";

/**
 * The page's half of the page API, spoken as one person. Every answer is JSON; failures carry
 * `ok: false` and `error`.
 */
export class PageApi {
  constructor(user) {
    this.user = user;
  }

  /** The state as this person sees it, or as the owner of another workspace does. */
  state(team) {
    return get("state", team ? { team } : { user: this.user });
  }

  /** The newest messages, or the newest of those before a timestamp. */
  messages(channel, threadTs, before) {
    return get("messages", { channel, user: this.user, thread_ts: threadTs, before });
  }

  emoji() {
    return get("emoji", { user: this.user });
  }

  canvas(id) {
    return get("canvas", { canvas: id, user: this.user });
  }

  inspect(channel, ts) {
    return get("inspect", { channel, ts, user: this.user });
  }

  faults() {
    return get("faults", { user: this.user });
  }

  orderFault(order) {
    return this.#post("faults", order);
  }

  removeFault(id) {
    return answer(`${ROOT}/faults/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  clearFaults() {
    return answer(`${ROOT}/faults`, { method: "DELETE" });
  }

  upsetSockets(kind, seconds) {
    return this.#post("sockets", { kind, seconds });
  }

  advanceClock(seconds) {
    return this.#post("clock", { advance_seconds: seconds });
  }

  setClock(seconds) {
    return this.#post("clock", { set_at: seconds });
  }

  traffic(after, limit) {
    return get("traffic", { after, limit });
  }

  snapshot(name) {
    return this.#post("snapshot", { name });
  }

  restore(name) {
    return this.#post("restore", { name });
  }

  write(channel, text, threadTs) {
    return this.#post("messages", { channel, text, thread_ts: threadTs });
  }

  command(channel, text, threadTs) {
    return this.#post("command", { channel, text, thread_ts: threadTs });
  }

  act(container, action, values) {
    return this.#post("actions", { container, action, state: { values } });
  }

  options(container, blockId, actionId, value) {
    return this.#post("options", { container, block_id: blockId, action_id: actionId, value });
  }

  submit(viewId, values) {
    return this.#post("views/submit", { view_id: viewId, values });
  }

  closeView(viewId, all) {
    return this.#post("views/close", { view_id: viewId, all });
  }

  openHome(tab = "home") {
    return this.#post("home", { tab });
  }

  /** Start a thread with the assistant, beside a channel if there is one. */
  openAssistant(channel) {
    return this.#post("assistant", { channel });
  }

  /** Go to another channel with the assistant's thread open. */
  lookAt(channel, threadTs) {
    return this.#post("assistant/context", { channel, thread_ts: threadTs });
  }

  shortcut(callbackId, channel, ts) {
    return this.#post("shortcuts", { callback_id: callbackId, channel, ts });
  }

  react(channel, ts, name, remove) {
    return this.#post("reactions", { channel, ts, name, remove });
  }

  upload(name, content) {
    return this.#post("files", { name, content });
  }

  reset() {
    return this.#post("reset", {});
  }

  #post(path, body) {
    return answer(`${ROOT}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: this.user, ...body }),
    });
  }
}

function get(path, query) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return answer(`${ROOT}/${path}?${search}`);
}

async function answer(url, request) {
  try {
    const response = await fetch(url, request);
    const body = await response.json();
    return response.ok ? body : { ...body, ok: false };
  } catch {
    return { ok: false, error: "unreachable", message: "The playground does not answer." };
  }
}
