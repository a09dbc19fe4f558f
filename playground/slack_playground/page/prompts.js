import { h } from "./dom.js";

/** What an app suggests to ask, under its title: buttons that write the message they stand for. */
export class Prompts {
  /** `asked` runs once a prompt was asked: its button may be gone. */
  constructor(room, asked) {
    Object.assign(this, { room, asked });
    this.node = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts", hidden: true });
    this.draw();
  }

  draw() {
    const { store, channel, threadTs } = this.room;
    const { prompts, title: heading } = store.promptsIn(channel, threadTs);
    const seal = JSON.stringify([heading, prompts]);
    // Kept while they stay the same: whoever is on one with the keyboard stays there.
    if (seal === this.seal) return;
    this.seal = seal;
    this.node.hidden = !prompts.length;
    this.node.replaceChildren(
      ...(heading ? [h("p", { class: "prompts-title quiet" }, heading)] : []),
      ...prompts.map(({ title, message }) =>
        h(
          "button",
          { class: "prompt", type: "button", onclick: () => this.#ask(message) },
          title,
        ),
      ),
    );
  }

  async #ask(message) {
    const { api, channel, threadTs, notice } = this.room;
    this.asked();
    const answer = await api.write(channel, message, threadTs);
    if (answer.ok === false) notice(answer.message ?? answer.error);
  }
}
