import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { Surface } from "./surface.js";
import { plainText } from "./text.js";

/** The stack of modals. The top one is shown; each keeps what was filled in while others lie above it. */
export class ModalStack {
  constructor({ api, store }) {
    Object.assign(this, { api, store, stack: [] });
    this.titleId = freshId("modal");
    this.node = h("dialog", {
      class: "dialog modal",
      "aria-labelledby": this.titleId,
      oncancel: (event) => this.#cancelled(event),
    });
    // A second Escape would close the dialog without asking, whatever the cancel event says.
    this.node.addEventListener("close", () => this.stack.length && this.node.showModal());
    document.body.append(this.node);
  }

  open(view) {
    this.stack = [];
    this.push(view);
  }

  push(view) {
    if (this.#find(view)) return this.update(view);
    if (!this.node.open) this.opener = document.activeElement;
    const surface = new Surface({
      kind: "modal",
      container: { type: "view", view_id: view.id },
      root: this.node,
      api: this.api,
      store: this.store,
    });
    surface.values.blocks = { ...view.state?.values };
    this.stack.push({ view, surface });
    this.#show();
  }

  /** After a lost connection or a reload: show the modals that the server still has open. */
  restore(views) {
    const isSame = views.map(({ id }) => id).join() === this.stack.map(({ view }) => view.id).join();
    if (isSame) return views.forEach((view) => view.hash !== this.#find(view).view.hash && this.update(view));
    this.stack = [];
    if (!views.length) this.#hide();
    for (const view of views) this.push(view);
  }

  update(view) {
    const entry = this.#find(view);
    if (!entry) return;
    entry.view = view;
    if (entry === this.#top) this.#draw();
  }

  closed(viewId, all) {
    // What was closed here is told again by the server; the focus has moved on by then.
    if (!this.stack.length) return;
    this.stack = all ? [] : this.stack.filter(({ view }) => view.id !== viewId);
    if (this.stack.length) this.#show();
    else this.#hide();
  }

  get #top() {
    return this.stack.at(-1);
  }

  #find({ id }) {
    return this.stack.find(({ view }) => view.id === id);
  }

  #show() {
    this.node.replaceChildren();
    this.#draw();
    if (!this.node.open) this.node.showModal();
    (
      this.node.querySelector("[autofocus]") ??
      this.body.querySelector("input, textarea, select, button") ??
      this.node
    ).focus();
  }

  #hide() {
    this.node.close();
    this.node.replaceChildren();
    if (this.opener?.isConnected) this.opener.focus();
  }

  #draw() {
    const { view, surface } = this.#top;
    if (!this.node.firstChild) this.#drawFrame();
    this.title.textContent = plainText(view.title);
    this.foot.replaceChildren(...this.#buttons(view));
    surface.redraw(this.body, view.blocks ?? []);
  }

  #drawFrame() {
    this.title = h("h2", { id: this.titleId });
    this.body = h("div", { class: "modal-body" });
    this.foot = h("footer", { class: "modal-foot" });
    const back =
      this.stack.length > 1 &&
      h(
        "button",
        { class: "icon-button", type: "button", "aria-label": "Back", onclick: () => this.#close(false) },
        icon("back"),
      );
    const close = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => this.#close(true) },
      icon("close"),
    );
    const form = h(
      "form",
      { novalidate: true, onsubmit: (event) => this.#submitted(event) },
      h("header", { class: "modal-head" }, back, this.title, close),
      this.body,
      this.foot,
    );
    this.node.append(form);
  }

  #buttons(view) {
    const needsSubmit = view.submit || (view.blocks ?? []).some((block) => block.type === "input");
    const cancel = h(
      "button",
      { class: "button", type: "button", onclick: () => this.#close(false) },
      plainText(view.close) || (needsSubmit ? "Cancel" : "Close"),
    );
    const submit =
      needsSubmit &&
      h(
        "button",
        { class: "button primary", type: "submit" },
        h("span", { class: "button-label" }, plainText(view.submit) || "Submit"),
      );
    return [cancel, submit].filter(Boolean);
  }

  #cancelled(event) {
    event.preventDefault();
    if (event.target === this.node) this.#close(false);
  }

  async #close(all) {
    if (!this.stack.length) return;
    const { view } = this.#top;
    this.closed(view.id, all);
    await this.api.closeView(view.id, all);
  }

  async #submitted(event) {
    event.preventDefault();
    const { view, surface } = this.#top;
    const button = this.foot.querySelector("[type=submit]");
    if (!button || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    button.append(h("span", { class: "mark spinner", "aria-hidden": "true" }));
    this.#showErrors({});
    const answer = await this.api.submit(view.id, surface.values.all());
    button.removeAttribute("aria-busy");
    button.querySelector(".mark")?.remove();
    if (answer.ok === false && this.#top?.view.id === view.id) this.#refused(answer);
  }

  #refused({ error, errors, message }) {
    if (error === "validation") return this.#showErrors(errors ?? {});
    const words = message ?? `We had some trouble connecting to the app: ${error}. Try again?`;
    this.foot.prepend(h("p", { class: "modal-trouble", role: "alert" }, icon("warning", 16), words));
  }

  /** Put each error under its input, mark the input, and go to the first. */
  #showErrors(errors) {
    this.foot.querySelector(".modal-trouble")?.remove();
    let first = null;
    for (const block of this.body.querySelectorAll(".block-input")) {
      const words = errors[block.dataset.blockId] ?? "";
      const field = block.querySelector(
        "[data-action-id] :is(input, textarea, button), input[role=combobox]",
      );
      block.querySelector(".input-error").textContent = words;
      block.classList.toggle("has-error", Boolean(words));
      if (words) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
      first ??= words ? field : null;
    }
    first?.focus();
  }
}
