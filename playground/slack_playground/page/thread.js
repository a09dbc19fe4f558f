import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { Prompts } from "./prompts.js";
import { StatusLine } from "./status.js";

/** The pane beside the channel with one thread and its own composer. */
export class Thread {
  constructor({ api, makeRoom, holder, holding }) {
    Object.assign(this, { api, makeRoom, holder, holding });
  }

  /** Show a thread; `isBeside` if it is with the assistant and stays open from channel to channel. */
  async open(channel, ts, { isBeside = false } = {}) {
    this.opener = document.activeElement;
    Object.assign(this, { channel, ts, isBeside });
    const room = this.makeRoom({ channel, threadTs: ts, isThread: true });
    this.list = new MessageList(room, "Thread");
    this.composer = new Composer(room, "Reply in thread");
    this.prompts = new Prompts(room, () => this.composer.focus());
    this.status = new StatusLine(room);
    const close = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Close thread", onclick: () => this.close() },
      icon("close"),
    );
    const pane = h(
      "aside",
      {
        class: "pane thread",
        "aria-label": "Thread",
        onkeydown: (event) => event.key === "Escape" && this.close(),
      },
      h(
        "header",
        { class: "pane-head" },
        h("h2", {}, "Thread"),
        h("span", { class: "quiet" }, room.store.channelLabel(channel)),
        close,
      ),
      this.list.node,
      this.status.node,
      this.prompts.node,
      this.composer.node,
    );
    this.holder.show(pane, () => (this.ts = null));
    await this.holding(() => this.load());
    this.composer.focus();
  }

  async load() {
    if (!this.ts) return;
    const { ts } = this;
    const answer = await this.api.messages(this.channel, ts);
    if (answer.messages && ts === this.ts) this.list.load(answer.messages);
  }

  /** Draw what the app says and suggests now. */
  drawApp() {
    this.prompts?.draw();
    this.status?.draw();
  }

  shows(channel, message) {
    return this.ts && channel === this.channel && (message.ts === this.ts || message.thread_ts === this.ts);
  }

  close() {
    this.ts = null;
    this.holder.hide();
    if (this.opener?.isConnected) this.opener.focus();
  }
}
