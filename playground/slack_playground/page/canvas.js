import { h } from "./dom.js";
import { drawnHtml } from "./html.js";
import { icon } from "./icons.js";

/** The pane beside the channel with one canvas. */
export class CanvasPane {
  constructor({ api, store, holder }) {
    Object.assign(this, { api, store, holder });
    this.id = null;
  }

  async open(id) {
    this.opener = document.activeElement;
    this.title = h("h2", {}, "Canvas");
    this.owner = h("span", { class: "quiet" });
    this.body = h("div", { class: "pane-body canvas-body text markdown", tabindex: 0 });
    const close = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Close canvas", onclick: () => this.close() },
      icon("close"),
    );
    const pane = h(
      "aside",
      {
        class: "pane canvas",
        "aria-label": "Canvas",
        onkeydown: (event) => event.key === "Escape" && this.close(),
      },
      h("header", { class: "pane-head" }, this.title, this.owner, close),
      this.body,
    );
    this.holder.show(pane, () => (this.id = null));
    this.id = id;
    await this.load();
    this.body.focus();
  }

  /** Show what the canvas says now. */
  async load() {
    if (!this.id) return;
    const { id } = this;
    const canvas = await this.api.canvas(id);
    if (id !== this.id) return;
    if (canvas.ok === false) return this.#showNothing(canvas.message);
    this.title.textContent = canvas.title;
    this.owner.textContent = `by ${this.store.person(canvas.owner).real_name}`;
    if (!canvas._html) return this.#showNothing("This canvas is empty.");
    this.body.replaceChildren(drawnHtml(canvas._html, this.store));
  }

  close() {
    this.holder.hide();
    if (this.opener?.isConnected) this.opener.focus();
  }

  #showNothing(words) {
    this.body.replaceChildren(h("p", { class: "quiet" }, words));
  }
}
