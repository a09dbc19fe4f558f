import { h } from "./dom.js";

const NEXT_AFTER_MS = 2500;

/** What an assistant says it is doing in a thread, and the words that pass meanwhile. */
export class StatusLine {
  constructor(room) {
    this.room = room;
    this.words = h("span", { class: "status-words", role: "status" });
    this.passing = h("span", { class: "quiet", "aria-hidden": "true" });
    this.node = h("div", { class: "status-line", hidden: true }, this.words, this.passing);
    this.draw();
  }

  draw() {
    const { store, channel, threadTs } = this.room;
    const status = store.statusIn(channel, threadTs);
    if (status === this.status) return;
    this.status = status;
    clearInterval(this.timer);
    this.node.hidden = !status;
    this.words.textContent = status ? `${store.person(store.app.bot_user_id).real_name} ${status.text}` : "";
    this.#pass(status?.loading_messages ?? [], 0);
  }

  #pass(messages, place) {
    this.passing.textContent = messages[place] ?? "";
    if (messages.length < 2) return;
    this.timer = setInterval(() => {
      place = (place + 1) % messages.length;
      this.passing.textContent = messages[place];
      // A pane that was closed tells nobody.
      if (!this.node.isConnected) clearInterval(this.timer);
    }, NEXT_AFTER_MS);
  }
}
