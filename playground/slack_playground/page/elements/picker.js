import { freshId, h } from "../dom.js";
import { icon } from "../icons.js";
import { openPopup } from "../popup.js";

const TYPING_PAUSE_MS = 150;

/**
 * A combobox with a list to search, for one choice or several. Options are
 * `{key, label, description?, choice}`; `load(query)` resolves to groups `{label|null, options}` or to
 * `{hint}` when there is nothing to show yet. `chosen(options)` runs on every change, `closed()` when
 * the list of a multiple one closes after a change.
 */
export class Picker {
  constructor({
    hooks,
    names,
    placeholder,
    multiple,
    most,
    clearable,
    selected,
    load,
    chosen,
    closed = () => {},
  }) {
    Object.assign(this, { multiple, most: most ?? Infinity, clearable, selected, load, chosen, closed });
    this.listId = freshId("list");
    this.input = h("input", {
      class: "picker-input",
      role: "combobox",
      autocomplete: "off",
      placeholder: placeholder ?? "Choose",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId,
      ...names,
      onclick: () => this.open(),
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#keyed(event),
      onblur: () => this.close(),
    });
    this.chips = h("span", { class: "chips" });
    this.node = h(
      "div",
      {
        class: `picker${multiple ? " multiple" : ""}`,
        ...hooks,
        onmousedown: (event) => this.#pointed(event),
      },
      this.chips,
      this.input,
      icon("chevron", 14),
    );
    this.#show();
  }

  async open({ byTyping = false } = {}) {
    if (this.shut) return;
    this.list = h("div", {
      class: "listbox",
      role: "listbox",
      id: this.listId,
      "aria-multiselectable": this.multiple ? "true" : null,
    });
    // The list must not take the focus from the input, or the input would close it.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.shut = openPopup(this.node, this.list, () => this.close());
    this.input.setAttribute("aria-expanded", "true");
    // What was just typed must not be selected, or the next letter would replace it.
    if (!this.multiple && !byTyping) this.input.select();
    await this.#fill("");
  }

  close() {
    if (!this.shut) return;
    const shut = this.shut;
    this.shut = null;
    clearTimeout(this.timer);
    shut();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.clearable && !this.multiple && this.input.value === "" && this.selected.length) this.#select([]);
    this.#show();
    if (this.changed) this.closed();
    this.changed = false;
  }

  #show() {
    if (!this.multiple) {
      this.input.value = this.selected[0]?.label ?? "";
      return;
    }
    this.input.value = "";
    this.chips.replaceChildren(...this.selected.map((option) => this.#chip(option)));
  }

  #chip(option) {
    const remove = () => {
      this.#select(this.selected.filter((other) => other !== option));
      this.#show();
      if (!this.shut) this.closed();
    };
    return h(
      "span",
      { class: "chip" },
      option.label,
      h(
        "button",
        { type: "button", "aria-label": `Remove ${option.label}`, onclick: remove },
        icon("close", 12),
      ),
    );
  }

  #typed() {
    if (!this.shut) this.open({ byTyping: true });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#fill(this.input.value.trim()), TYPING_PAUSE_MS);
  }

  async #fill(query) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.list.setAttribute("aria-busy", "true");
    const { hint, groups } = await this.load(query);
    if (turn !== this.turn || !this.shut) return;
    this.list.removeAttribute("aria-busy");
    this.options = groups?.flatMap((group) => group.options) ?? [];
    this.rows = [];
    const drawn = (groups ?? []).filter((group) => group.options.length).map((group) => this.#group(group));
    this.list.replaceChildren(
      ...(drawn.length ? drawn : [h("div", { class: "listbox-hint" }, hint ?? "Nothing found")]),
    );
    this.#activate(0);
  }

  #group({ label, options }) {
    const rows = options.map((option) => {
      const row = h(
        "div",
        {
          class: "listbox-option",
          role: "option",
          id: freshId("option"),
          "aria-selected": String(this.#has(option)),
          onclick: () => this.#pick(option),
        },
        h("span", {}, option.label),
        option.description && h("span", { class: "menu-description" }, option.description),
      );
      this.rows.push(row);
      return row;
    });
    return label
      ? h(
          "div",
          { role: "group", "aria-label": label },
          h("div", { class: "listbox-group", "aria-hidden": "true" }, label),
          rows,
        )
      : h("div", { role: "presentation" }, rows);
  }

  #has(option) {
    return this.selected.some((other) => other.key === option.key);
  }

  #pick(option) {
    if (!this.multiple) {
      this.selected = [option];
      this.close();
      this.chosen([option]);
      return;
    }
    const without = this.selected.filter((other) => other.key !== option.key);
    const picked = without.length < this.selected.length ? without : [...this.selected, option];
    if (picked.length <= this.most) this.#select(picked);
    this.#show();
    this.rows.forEach((row, place) =>
      row.setAttribute("aria-selected", String(this.#has(this.options[place]))),
    );
  }

  #select(options) {
    this.selected = options;
    this.changed = true;
    this.chosen(options);
  }

  #activate(place) {
    this.rows?.[this.active]?.classList.remove("active");
    this.active = place;
    const row = this.rows?.[place];
    row?.classList.add("active");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
  }

  #pointed(event) {
    if (event.target === this.input || event.target.closest("button")) return;
    event.preventDefault();
    this.input.focus();
    this.open();
  }

  #keyed(event) {
    if (event.key === "Backspace" && this.multiple && this.input.value === "")
      return void this.chips.lastChild?.querySelector("button").click();
    if (!this.shut) {
      if (event.key === "ArrowDown" || event.key === "Enter") this.#caught(event, () => this.open());
      return;
    }
    const last = (this.rows?.length ?? 0) - 1;
    const doing = {
      ArrowDown: () => this.#activate(Math.min(this.active + 1, last)),
      ArrowUp: () => this.#activate(Math.max(this.active - 1, 0)),
      Enter: () => this.options?.[this.active] && this.#pick(this.options[this.active]),
      Escape: () => this.close(),
    }[event.key];
    if (doing) this.#caught(event, doing);
  }

  // Else Enter would submit the form around the picker and Escape close its dialog.
  #caught(event, act) {
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}
