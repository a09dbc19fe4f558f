import { h } from "../dom.js";
import { keepingFocus } from "../focus.js";
import { icon } from "../icons.js";
import { FaultForm, faultWords, placeName } from "./fault_form.js";
import { drawButton, drawTrouble, times } from "./form.js";

const WARNED_SECONDS = 5;
const UPSETS = [
  ["disconnect", `Warn, refresh in ${WARNED_SECONDS} s`],
  ["refresh", "Refresh"],
  ["deaf", "Deaf"],
  ["close", "Close"],
  ["too_many_websockets", "Too many"],
  ["link_disabled", "Switched off"],
];

/** Ordered failures, a form for more, and what can be done to the open sockets at once. */
export class FaultsPanel {
  constructor({ api, store, announcer }) {
    Object.assign(this, { api, store, announcer });
    this.form = new FaultForm((fault) => this.#order(fault));
    this.list = h("div", { class: "faults", tabindex: -1 });
    this.sockets = h("p", { class: "quiet" });
    this.trouble = drawTrouble();
    const upsets = UPSETS.map(([kind, label]) => drawButton(label, () => this.#upset(kind, label)));
    this.node = h(
      "div",
      { class: "workshop-panel" },
      h("h3", {}, "Order a fault"),
      this.form.node,
      h("h3", {}, "Ordered"),
      this.list,
      h("h3", {}, "Sockets"),
      this.sockets,
      h("div", { class: "button-row", role: "group", "aria-label": "Upset the open sockets" }, upsets),
      this.trouble,
    );
  }

  async refresh() {
    const { connections } = this.store;
    this.sockets.textContent = connections === 1 ? "1 socket is open." : `${connections} sockets are open.`;
    const answer = await this.api.faults();
    if (!answer.faults) return;
    this.form.learn(answer);
    const seal = JSON.stringify(answer.faults);
    if (seal === this.seal) return;
    this.seal = seal;
    keepingFocus(this.list, () => this.list.replaceChildren(...this.#drawFaults(answer.faults)));
  }

  #drawFaults(faults) {
    if (!faults.length) return [h("p", { class: "quiet" }, "Nothing is ordered. Everything works.")];
    const rows = faults.map((fault) => this.#drawFault(fault));
    const all = faults.length > 1 && drawButton("Remove all", () => this.#changed(this.api.clearFaults()));
    return [h("ul", { class: "rows" }, rows), all].filter(Boolean);
  }

  #drawFault(fault) {
    const { id, method, count, probability, seed, struck } = fault;
    const left = count === undefined ? `${Math.round(probability * 100)} % of the time` : `${count} left`;
    const seeded = seed === undefined ? "" : `, seed ${seed}`;
    return h(
      "li",
      { class: "row", "data-key": id },
      h(
        "div",
        { class: "row-words" },
        h("strong", {}, placeName(method)),
        h("span", {}, faultWords(fault)),
        h("span", { class: "quiet" }, `${left}${seeded} · struck ${times(struck)}`),
      ),
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": `Remove: ${placeName(method)}, ${faultWords(fault)}`,
          onclick: () => this.#changed(this.api.removeFault(id)),
        },
        icon("trash", 16),
      ),
    );
  }

  async #order(fault) {
    const answer = await this.#changed(this.api.orderFault(fault));
    if (answer.ok) this.announcer.say(`Ordered: ${placeName(fault.method)}, ${faultWords(answer.fault)}`);
    return answer;
  }

  async #upset(kind, label) {
    const answer = await this.api.upsetSockets(kind, kind === "disconnect" ? WARNED_SECONDS : 0);
    this.trouble.textContent = answer.ok === false ? (answer.message ?? answer.error) : "";
    if (answer.ok) this.announcer.say(`Sockets: ${label}`);
  }

  async #changed(request) {
    const answer = await request;
    await this.refresh();
    return answer;
  }
}
