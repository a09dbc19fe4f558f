import { dayOf } from "./dates.js";
import { h } from "./dom.js";
import { Greeting } from "./greeting.js";
import { MessageRow } from "./message.js";
import { nowSeconds } from "./now.js";
import { Toolbar } from "./toolbar.js";

const NEAR_BOTTOM_PX = 48;
const NEAR_TOP_PX = 600;
// As many messages as the server answers at once; a list with fewer has them all.
const PAGE = 500;

/**
 * The messages of a channel or a thread, one row per ts. A new message scrolls the list only
 * when it already stood at the bottom; an edit redraws its own row and moves nothing else.
 */
export class MessageList {
  constructor(room, name) {
    this.room = room;
    this.rows = new Map();
    this.pinned = true;
    this.lastTop = 0;
    this.inner = h("div", { class: "messages-inner" });
    this.greeting = new Greeting(room.store, room.store.channelLabel(room.channel));
    this.greeting.node.hidden = true;
    this.newer = h(
      "button",
      { class: "newer", type: "button", hidden: true, onclick: () => this.toBottom() },
      "New messages ↓",
    );
    // Progress edits would be read aloud every few seconds if the log itself were live; new
    // messages are announced by the page's status line instead.
    this.scroller = h(
      "div",
      { class: "messages", role: "log", "aria-live": "off", "aria-label": name, tabindex: 0 },
      this.greeting.node,
      this.inner,
    );
    this.node = h("div", { class: "messages-frame" }, this.scroller, this.newer);
    this.toolbar = new Toolbar(room);
    this.#listen();
  }

  /** Take the list as it is on the server; what only this page made (notices) stays. */
  load(messages) {
    const kept = [...this.rows.values()].map((row) => row.message).filter((message) => message.is_local);
    const all = [...messages, ...kept].sort(byTs);
    const wanted = new Set(all.map((message) => message.ts));
    // Of a full page's worth, what lies before it is still there; only its own stretch is known anew.
    const first = messages.length >= PAGE ? messages[0].ts : "0";
    for (const ts of this.rows.keys())
      if (!wanted.has(ts) && Number(ts) >= Number(first)) this.#drop(ts);
    if (this.rows.size < PAGE && messages.length < PAGE) this.isWhole = true;
    else this.isWhole ??= false;
    this.#draw(all);
  }

  /** Place many messages; how long that took stands in the browser's performance timeline. */
  #draw(messages) {
    const start = performance.now();
    this.#steadily(() => {
      for (const message of messages) this.#place(message);
      this.#arrange();
    });
    performance.measure("messages", { start, detail: messages.length });
  }

  /** Add a message or bring the one with the same ts up to date. */
  put(message) {
    const known = this.rows.get(message.ts);
    this.#steadily(() => {
      if (known) return known.update(message);
      this.#place(message);
      this.#arrange();
    });
    if (!known && !this.pinned) this.newer.hidden = false;
  }

  /** Bring a message up to date if it is shown here. */
  change(message) {
    if (this.rows.has(message.ts)) this.put(message);
  }

  remove(ts) {
    if (!this.rows.has(ts)) return;
    this.#steadily(() => {
      this.#drop(ts);
      this.#arrange();
    });
  }

  /** Fetch what lies before the first message; a page with nothing new means there is no more. */
  async #reachBack() {
    if (this.isWhole !== false || this.isReaching) return;
    this.isReaching = true;
    const { messages = [] } = await this.room.older(this.inner.firstElementChild.row.message.ts);
    const older = messages.filter(({ ts, is_ephemeral: own }) => !own && !this.rows.has(ts));
    this.isWhole = older.length === 0;
    this.#draw(older.reverse());
    this.isReaching = false;
  }

  toBottom() {
    this.pinned = true;
    this.newer.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Scroll to a message and show which one it is. */
  reveal(ts) {
    const row = this.rows.get(ts);
    if (!row) return;
    this.pinned = false;
    row.node.scrollIntoView({ block: "center" });
    row.node.classList.add("revealed");
    row.node.focus({ preventScroll: true });
  }

  #place(message) {
    const known = this.rows.get(message.ts);
    if (known) return known.update(message);
    const row = new MessageRow(message, this.room);
    this.rows.set(message.ts, row);
    const next = this.#firstAfter(message.ts);
    this.inner.insertBefore(row.node, next);
    row.node.row = row;
  }

  #firstAfter(ts) {
    const first = this.inner.firstElementChild;
    if (first && Number(first.row.message.ts) > Number(ts)) return first;
    let node = this.inner.lastElementChild;
    while (node && Number(node.row.message.ts) > Number(ts)) node = node.previousElementSibling;
    return node ? node.nextElementSibling : this.inner.firstElementChild;
  }

  #drop(ts) {
    const { node } = this.rows.get(ts);
    if (node.contains(document.activeElement))
      (node.nextElementSibling ?? node.previousElementSibling ?? this.scroller).focus({
        preventScroll: true,
      });
    node.remove();
    this.rows.delete(ts);
  }

  #arrange() {
    // "Today" means another day once the clock has jumped over midnight.
    const today = dayOf(nowSeconds(), this.room.store.zone);
    const isNewDay = today !== this.today;
    this.today = today;
    let previous = null;
    for (const { row } of this.inner.children) {
      if (isNewDay || row.after !== previous || previous === null) row.follow(previous);
      row.after = previous;
      previous = row;
    }
    this.greeting.node.hidden = this.room.isThread || this.rows.size > 0;
    // Tab leads to the newest message; from there the arrows lead on.
    if (this.newest) this.newest.node.tabIndex = -1;
    this.newest = previous;
    if (previous) previous.node.tabIndex = 0;
  }

  /** Change rows while what the person reads stays where it is. */
  #steadily(change) {
    const anchor = this.pinned ? null : this.#firstVisible();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (this.pinned) this.toBottom();
    else if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #firstVisible() {
    const { left, top, width } = this.scroller.getBoundingClientRect();
    for (const step of [4, 24, 44]) {
      const found = document.elementFromPoint(left + width / 2, top + step)?.closest(".message");
      if (found && this.inner.contains(found)) return found;
    }
    return null;
  }

  #listen() {
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#steer(event));
    for (const kind of ["pointerover", "focusin"]) {
      this.inner.addEventListener(kind, (event) =>
        this.toolbar.showAt(event.target.closest(".message")?.row),
      );
    }
    // Rows get their true height only when they come near the screen, so the bottom moves while it is approached.
    const resized = new ResizeObserver(() => this.pinned && this.toBottom());
    resized.observe(this.inner);
    resized.observe(this.scroller);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) {
      this.pinned = true;
      this.newer.hidden = true;
    } else if (scrollTop < this.lastTop) {
      this.pinned = false;
      if (scrollTop < NEAR_TOP_PX) this.#reachBack();
    }
    this.lastTop = scrollTop;
  }

  #steer(event) {
    const row = event.target.classList.contains("message") ? event.target : null;
    if (!row && event.target !== this.scroller) return;
    const target = {
      ArrowUp: row ? row.previousElementSibling : this.inner.lastElementChild,
      ArrowDown: row ? row.nextElementSibling : null,
      Home: row && this.inner.firstElementChild,
      End: row && this.inner.lastElementChild,
    }[event.key];
    if (!target) return;
    event.preventDefault();
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }
}

function byTs(one, other) {
  return Number(one.ts) - Number(other.ts);
}
