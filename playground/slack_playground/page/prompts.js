import { h } from "./dom.js";

/** What an assistant suggests to ask: buttons that write the message they stand for. */
export class Prompts {
  constructor(room) {
    this.room = room;
    this.node = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts", hidden: true });
    this.draw();
  }

  draw() {
    const { store, channel, threadTs } = this.room;
    const prompts = store.promptsIn(channel, threadTs);
    this.node.hidden = !prompts.length;
    this.node.replaceChildren(
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
    const answer = await api.write(channel, message, threadTs);
    if (answer.ok === false) notice(answer.message ?? answer.error);
  }
}
