import { h } from "../dom.js";
import { drawEntry, isTrouble, titleOf } from "../entries.js";
import { drawButton, drawField } from "./form.js";

const MOST_SHOWN = 500;
const FETCHED_AT_ONCE = 2000;
const STILL_OPEN = "sent";

/** What goes back and forth between the app and the workspace, the newest first. */
export class TrafficPanel {
  constructor({ api, store }) {
    Object.assign(this, { api, store, after: 0, rows: new Map() });
    this.filter = drawField("Filter by method", {
      type: "search",
      placeholder: "chat.update, block_actions …",
      oninput: () => this.#sift(),
    });
    this.errors = h("input", { type: "checkbox", onchange: () => this.#sift() });
    this.list = h("div", { class: "entries", role: "group", "aria-label": "Calls and envelopes" });
    this.nothing = h("p", { class: "quiet" }, "Nothing was said yet.");
    this.node = h(
      "div",
      { class: "workshop-panel" },
      h(
        "div",
        { class: "form-row" },
        this.filter.node,
        drawButton("Clear", () => this.#clear()),
      ),
      h("label", { class: "choice" }, this.errors, "Only what went wrong"),
      h("p", { class: "quiet" }, "→ the app calls · ← the app is sent · ● somebody does"),
      this.nothing,
      this.list,
      h(
        "p",
        {},
        h("a", { href: "/_playground/recording", download: "recording.jsonl" }, "Download as a recording"),
      ),
    );
  }

  async refresh() {
    if (this.isFetching) return;
    this.isFetching = true;
    await this.#forget();
    let entries;
    do {
      const answer = await this.api.traffic(this.#from(), FETCHED_AT_ONCE);
      entries = answer.entries ?? [];
      for (const entry of entries) this.#put(entry);
      if (entries.length) this.after = Math.max(this.after, answer.next);
    } while (entries.length === FETCHED_AT_ONCE);
    this.isFetching = false;
    this.#trim();
    this.#sift();
  }

  /** After a fresh start the journal no longer knows what is shown here. */
  async #forget() {
    const [oldest] = this.rows.keys();
    if (oldest === undefined) return;
    const { entries } = await this.api.traffic(oldest - 1, 1);
    if (entries && entries[0]?.number !== oldest) this.#clear();
  }

  /** Ask again for deliveries that were not settled when they were fetched. */
  #from() {
    const open = [...this.rows.values()].filter(({ entry }) => entry.outcome === STILL_OPEN);
    return Math.min(this.after, ...open.map(({ entry }) => entry.number - 1));
  }

  #put(entry) {
    if (entry.kind === "born" || entry.number <= (this.cleared ?? 0)) return;
    const known = this.rows.get(entry.number);
    if (known && known.entry.outcome === entry.outcome) return;
    const node = drawEntry(entry, this.store);
    if (known) known.node.replaceWith(node);
    else this.list.prepend(node);
    this.rows.set(entry.number, { entry, node });
  }

  #trim() {
    for (const [number, { node }] of this.rows) {
      if (this.rows.size <= MOST_SHOWN) break;
      node.remove();
      this.rows.delete(number);
    }
  }

  #sift() {
    const words = this.filter.field.value.trim().toLowerCase();
    let shown = 0;
    for (const { entry, node } of this.rows.values()) {
      const fits = titleOf(entry, this.store).toLowerCase().includes(words);
      node.hidden = !fits || (this.errors.checked && !isTrouble(entry));
      if (!node.hidden) shown += 1;
    }
    this.nothing.hidden = shown > 0;
    this.nothing.textContent = this.rows.size ? "Nothing fits." : "Nothing was said yet.";
  }

  #clear() {
    this.cleared = this.after;
    this.rows.clear();
    this.list.replaceChildren();
    this.#sift();
  }
}
