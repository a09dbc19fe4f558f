import { h } from "./dom.js";

const SHOWN_MS = 4000;

/** What is said aloud to screen readers, and shown for a moment where everybody should see it. */
export class Announcer {
  constructor() {
    this.spoken = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
    this.shown = h("div", { class: "toast", hidden: true });
  }

  say(words) {
    this.spoken.textContent = words;
  }

  /** Show a line for a moment, and say it. */
  show(words, detail = "") {
    const more = detail === words ? "" : detail;
    this.say(`${words} ${more}`);
    this.shown.replaceChildren(h("strong", {}, words), " ", more);
    this.shown.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.shown.hidden = true), SHOWN_MS);
  }
}
