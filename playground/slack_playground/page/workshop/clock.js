import { clockTime, fullTime, localMinute, momentOf } from "../dates.js";
import { h } from "../dom.js";
import { nowSeconds } from "../now.js";
import { drawButton, drawField, drawTrouble } from "./form.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY_MS = 86_400_000;
const JUMPS = [
  ["+10 s", 10],
  ["+1 min", MINUTE],
  ["+1 h", HOUR],
  ["+1 day", 24 * HOUR],
];

/** The playground's time and jumps ahead. It never goes back: timestamps only grow. */
export class ClockPanel {
  constructor({ api, store, announcer }) {
    Object.assign(this, { api, store, announcer });
    this.shown = h("p", { class: "clock-time" });
    this.ahead = h("p", { class: "quiet" });
    this.trouble = drawTrouble();
    this.due = h("div", {});
    this.set = drawField("Go to", { type: "datetime-local", step: 60 });
    const jumps = JUMPS.map(([label, seconds]) =>
      drawButton(label, () => this.#moved(this.api.advanceClock(seconds))),
    );
    const monday = drawButton("Next Monday 09:00", () => this.#goTo(nextMonday(this.store.zone)));
    this.node = h(
      "div",
      { class: "workshop-panel" },
      this.shown,
      this.ahead,
      h("h3", {}, "Jump ahead"),
      h("div", { class: "button-row", role: "group", "aria-label": "Jump ahead" }, jumps, monday),
      h(
        "form",
        { class: "form-row", novalidate: true, onsubmit: (event) => this.#submitted(event) },
        this.set.node,
        h("button", { class: "button", type: "submit" }, "Set"),
      ),
      this.trouble,
      h("h3", {}, "Scheduled messages"),
      this.due,
    );
  }

  refresh() {
    const { clock, zone } = this.store;
    this.shown.textContent = fullTime(nowSeconds(), zone);
    this.ahead.textContent = `${zone} · ${aheadWords(clock)}`;
    this.node.classList.toggle("cannot-jump", clock.can_jump === false);
    for (const button of this.node.querySelectorAll("button")) button.disabled = clock.can_jump === false;
    if (document.activeElement !== this.set.field && !this.set.field.value)
      this.set.field.value = localMinute(nowSeconds() + HOUR, zone);
    this.#refreshDue();
  }

  // Nobody is told of a message that was only scheduled, so the panel asks.
  async #refreshDue() {
    const { scheduled } = await this.api.state();
    if (scheduled) this.due.replaceChildren(this.#drawScheduled(scheduled));
  }

  #drawScheduled(scheduled) {
    const { zone } = this.store;
    if (!scheduled.length) return h("p", { class: "quiet" }, "None waits.");
    const rows = [...scheduled].sort((one, other) => one.post_at - other.post_at);
    return h(
      "ul",
      { class: "rows" },
      rows.map(({ post_at: at, channel, text }) =>
        h(
          "li",
          { class: "row" },
          h(
            "div",
            { class: "row-words" },
            h("strong", {}, fullTime(at, zone)),
            h("span", {}, text),
            h("span", { class: "quiet" }, this.store.channelLabel(channel)),
          ),
        ),
      ),
    );
  }

  #submitted(event) {
    event.preventDefault();
    const moment = momentOf(this.set.field.value, this.store.zone);
    if (moment === null) this.trouble.textContent = "That is no time.";
    else this.#goTo(moment);
  }

  #goTo(seconds) {
    return this.#moved(this.api.setClock(seconds));
  }

  async #moved(request) {
    const answer = await request;
    this.trouble.textContent = answer.ok === false ? (answer.message ?? answer.error) : "";
    if (!answer.ok) return;
    this.set.field.value = "";
    this.store.setClock(answer);
    this.announcer.say(`It is now ${clockTime(answer.now, this.store.zone)}`);
  }
}

/** The first Monday 09:00 that is still to come, in the given zone. */
function nextMonday(zone) {
  // The wall clock written as if it were UTC, so that whole days can be added.
  const today = new Date(`${localMinute(nowSeconds(), zone).slice(0, 10)}T00:00:00Z`);
  const days = [1, 2, 3, 4, 5, 6, 7, 8].map((add) => new Date(today.getTime() + (add - 1) * DAY_MS));
  const mondays = days.filter((day) => day.getUTCDay() === 1);
  const moments = mondays.map((day) => momentOf(`${day.toISOString().slice(0, 10)}T09:00`, zone));
  return moments.find((moment) => moment > nowSeconds());
}

function aheadWords({ ahead_seconds: ahead = 0, is_by_hand: stands, can_jump: canJump }) {
  if (canJump === false) return "this clock cannot jump";
  if (stands) return "stands still between jumps";
  if (ahead < 1) return "the machine's own time";
  const parts = [
    [Math.floor(ahead / (24 * HOUR)), "d"],
    [Math.floor(ahead / HOUR) % 24, "h"],
    [Math.floor(ahead / MINUTE) % 60, "min"],
    [Math.round(ahead % MINUTE), "s"],
  ];
  const words = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`);
  return `${words.slice(0, 2).join(" ")} ahead of the machine`;
}
