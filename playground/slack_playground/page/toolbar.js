import { permalink } from "./address.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { openReactions } from "./reactions.js";

/** What can be done with the message under the pointer or the focus. There is one per list; it moves. */
export class Toolbar {
  constructor(room) {
    this.room = room;
    this.reply = this.#button("thread", "Reply in thread", () =>
      room.openThread(this.row.message.thread_ts ?? this.row.message.ts),
    );
    this.node = h(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
      this.#button("smile", "Add reaction", (button) => openReactions(button, this.row), "dialog"),
      this.reply,
      this.#button("link", "Copy link", (button) => this.#copy(button)),
      this.#button("code", "Inspect", () => room.inspect(this.row.message)),
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": "More message actions",
          title: "More actions",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          onclick: (event) => this.#more(event.currentTarget),
        },
        icon("more"),
      ),
    );
  }

  showAt(row) {
    if (!row || row === this.row || this.node.querySelector("[aria-expanded=true]")) return;
    this.row = row;
    if (row.message.is_ephemeral) return void this.node.remove();
    this.reply.hidden = Boolean(this.room.isThread);
    row.node.append(this.node);
  }

  #button(shape, name, run, opens = null) {
    return h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": name,
        "aria-haspopup": opens,
        "aria-expanded": opens && "false",
        title: name,
        onclick: (event) => run(event.currentTarget),
      },
      icon(shape),
    );
  }

  #link() {
    const { ts, thread_ts: threadTs } = this.row.message;
    return permalink(this.room.channel, ts, threadTs);
  }

  async #copy(button) {
    const link = this.#link();
    button.dataset.link = link;
    try {
      await navigator.clipboard.writeText(link);
      this.room.announce("Link copied", link);
    } catch {
      // A page that may not write to the clipboard shows the link instead.
      this.room.announce("Link", link);
    }
  }

  #more(button) {
    const { channel, store, api } = this.room;
    const { ts } = this.row.message;
    const shortcuts = store.shortcutsOf("message").map((shortcut) => ({
      label: shortcut.name,
      description: `${store.app.name ?? "App"} · ${shortcut.description ?? ""}`,
      run: () => this.room.report(api.shortcut(shortcut.callback_id, channel, ts)),
    }));
    const none = { label: "No message shortcuts", description: "The app's manifest declares none." };
    openMenu(button, "More message actions", shortcuts.length ? shortcuts : [none]);
  }
}
