const ROOT = "/_playground";

/**
 * The page's half of the page API, spoken as one person. Every answer is JSON; failures carry
 * `ok: false` and `error`.
 */
export class PageApi {
  constructor(user) {
    this.user = user;
  }

  state() {
    return get("state", { user: this.user });
  }

  messages(channel, threadTs) {
    return get("messages", { channel, user: this.user, thread_ts: threadTs });
  }

  inspect(channel, ts) {
    return get("inspect", { channel, ts });
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

  openHome() {
    return this.#post("home", {});
  }

  shortcut(callbackId, channel, ts) {
    return this.#post("shortcuts", { callback_id: callbackId, channel, ts });
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
