import { freshId, h } from "./dom.js";
import { openPopup } from "./popup.js";

const MOST = 8;

/** The list over the composer: slash commands with their usage, people after `@`, channels after `#`. */
export class Completion {
  constructor(field, store, picked) {
    Object.assign(this, { field, store, picked, found: [], active: 0 });
    this.listId = freshId("completion");
    field.setAttribute("aria-autocomplete", "list");
  }

  get isOpen() {
    return Boolean(this.shut);
  }

  /** Look at what stands before the caret and show what it could become. */
  refresh() {
    const { word, start } = wordBefore(this.field);
    this.start = start;
    this.found = this.#candidates(word, start).slice(0, MOST);
    if (this.found.length) this.#show();
    else this.close();
  }

  close() {
    this.shut?.();
    this.shut = null;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  /** Take a key of the composer; returns true if it was meant for the list. */
  takes(event) {
    if (!this.isOpen) return false;
    const doing = {
      ArrowDown: () => this.#activate((this.active + 1) % this.found.length),
      ArrowUp: () => this.#activate((this.active - 1 + this.found.length) % this.found.length),
      Tab: () => this.#pick(this.found[this.active]),
      Enter: () => this.#pick(this.found[this.active]),
      Escape: () => this.close(),
    }[event.key];
    if (!doing || event.shiftKey || this.#isWhole(event)) return false;
    event.preventDefault();
    doing();
    return true;
  }

  // A command typed to its end is meant to be sent, not completed to itself.
  #isWhole(event) {
    return event.key === "Enter" && this.field.value.trim() === this.found[this.active].insert.trim();
  }

  #candidates(word, start) {
    if (start === 0 && word.startsWith("/"))
      return this.store.commands.filter(({ command }) => command.startsWith(word)).map(commandEntry);
    if (word.startsWith("@")) return this.#people(word.slice(1).toLowerCase());
    if (word.startsWith("#")) return this.#channels(word.slice(1).toLowerCase());
    return [];
  }

  #people(start) {
    const people = [...this.store.people.values()].filter((user) => user.id !== "USLACKBOT");
    return people
      .filter((user) => `${user.real_name} ${user.name}`.toLowerCase().includes(start))
      .map((user) => ({
        label: user.real_name,
        hint: `@${user.name}`,
        insert: `@${user.real_name} `,
        code: `<@${user.id}>`,
      }));
  }

  #channels(start) {
    return this.store.channels
      .filter((channel) => !channel.is_im && channel.name.includes(start))
      .map((channel) => ({
        label: `#${channel.name}`,
        hint: channel.topic ?? "",
        insert: `#${channel.name} `,
        code: `<#${channel.id}>`,
      }));
  }

  #show() {
    this.close();
    this.options = this.found.map((entry) =>
      h(
        "div",
        { class: "listbox-option", role: "option", id: freshId("entry"), onclick: () => this.#pick(entry) },
        h(
          "span",
          { class: "completion-label" },
          entry.label,
          entry.usage && h("span", { class: "completion-usage" }, ` ${entry.usage}`),
        ),
        h("span", { class: "menu-description" }, entry.hint),
      ),
    );
    this.list = h(
      "div",
      { class: "listbox completion", role: "listbox", id: this.listId, "aria-label": "Suggestions" },
      this.options,
    );
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.shut = openPopup(this.field.closest(".composer-box"), this.list);
    this.field.setAttribute("aria-controls", this.listId);
    this.#activate(0);
  }

  #activate(place) {
    this.active = place;
    this.options.forEach((option, other) => {
      option.classList.toggle("active", other === place);
      option.setAttribute("aria-selected", String(other === place));
    });
    this.options[place].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", this.options[place].id);
  }

  #pick(entry) {
    const { field, start } = this;
    field.setRangeText(entry.insert, start, field.selectionStart, "end");
    this.close();
    this.picked(entry);
  }
}

function commandEntry({ command, description, usage_hint: usage }) {
  return { label: command, usage, hint: description ?? "", insert: `${command} ` };
}

function wordBefore(field) {
  const before = field.value.slice(0, field.selectionStart);
  const start = before.search(/\S*$/);
  return { word: before.slice(start), start };
}
