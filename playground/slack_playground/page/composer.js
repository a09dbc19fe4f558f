import { Completion } from "./completion.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

const TALLEST_PX = 220;

/** Where a person writes a message or runs a slash command. */
export class Composer {
  constructor(room, label) {
    this.room = room;
    this.codes = new Map();
    this.field = h("textarea", {
      class: "composer-field",
      rows: 1,
      dir: "auto",
      placeholder: label,
      "aria-label": label,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#keyed(event),
      onblur: () => this.completion.close(),
    });
    this.hint = h("div", { class: "composer-hint", "aria-live": "polite" });
    const shortcuts = h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": "Shortcuts",
        title: "Shortcuts",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        onclick: (event) => this.#shortcuts(event.currentTarget),
      },
      icon("bolt"),
    );
    this.button = h(
      "button",
      { class: "send", type: "submit", "aria-label": "Send", title: "Send", disabled: true },
      icon("send"),
    );
    const box = h(
      "div",
      { class: "composer-box" },
      this.field,
      h("div", { class: "composer-tools" }, !room.isThread && shortcuts, this.hint, this.button),
    );
    this.node = h("form", { class: "composer", onsubmit: (event) => this.#submitted(event) }, box);
    this.completion = new Completion(this.field, room.store, (entry) => this.#picked(entry));
  }

  get draft() {
    return this.field.value;
  }

  set draft(text) {
    this.field.value = text;
    this.#typed();
    this.completion.close();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  #picked({ insert, code }) {
    if (code) this.codes.set(insert.trim(), code);
    this.#fit();
  }

  #typed() {
    this.#fit();
    this.completion.refresh();
  }

  #fit() {
    if (!CSS.supports("field-sizing", "content")) this.#stretch();
    this.button.disabled = this.field.value.trim() === "";
    const command = commandIn(this.field.value, this.room);
    this.hint.textContent = command?.usage_hint ? `${command.command} ${command.usage_hint}` : "";
  }

  // For browsers whose text areas do not grow by themselves.
  #stretch() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight)
      this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST_PX)}px`;
  }

  #keyed(event) {
    if (event.isComposing || this.completion.takes(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.draft = "";
    if (text.startsWith("/")) this.#run(text);
    else this.#write(text);
  }

  async #write(text) {
    const { room } = this;
    const answer = await room.api.write(room.channel, this.#coded(text), room.threadTs);
    if (answer.ok === false) this.#giveBack(text, answer.message ?? answer.error);
  }

  async #run(text) {
    const { room } = this;
    const answer = await room.api.command(room.channel, this.#coded(text), room.threadTs);
    // What went wrong at the app, Slackbot says; what never got there is given back.
    if (answer.message || answer.error === "unknown_command") this.#giveBack(text, answer.message);
  }

  #giveBack(text, reason) {
    if (!this.draft) this.draft = text;
    if (reason) this.room.notice(reason);
  }

  // People see names while they write; Slack wants `<@U…>`.
  #coded(text) {
    const names = [...this.codes.keys()].sort((one, other) => other.length - one.length);
    return names.reduce((coded, name) => coded.replace(whole(name), () => this.codes.get(name)), text);
  }

  #shortcuts(button) {
    const { store, api } = this.room;
    const items = store.shortcutsOf("global").map((shortcut) => ({
      label: shortcut.name,
      description: `${store.app.name ?? "App"} · ${shortcut.description ?? ""}`,
      run: () => this.room.report(api.shortcut(shortcut.callback_id)),
    }));
    const none = { label: "No shortcuts", description: "The app's manifest declares none." };
    openMenu(button, "Shortcuts", items.length ? items : [none]);
  }
}

function commandIn(text, { store }) {
  const word = text.split(/\s/)[0];
  return word.startsWith("/") && text !== word
    ? store.commands.find(({ command }) => command === word)
    : null;
}

// The name where it ends: "#ops" is no part of "#ops-alerts", nor "@Ada" of "@Adam".
function whole(name) {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`${literal}(?![\\p{L}\\p{N}_@]|[.-][\\p{L}\\p{N}_])`, "gu");
}
