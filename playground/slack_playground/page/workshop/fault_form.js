import { h } from "../dom.js";
import { Picker } from "../elements/picker.js";
import { drawChoice, drawField, drawTrouble, fillChoice } from "./form.js";

const SOCKET = "socket";
const ENVELOPE = "envelope";
const CALL_KINDS = "calls";

const PLACES = {
  "*": "Every call",
  response_url: "Answers to response URLs",
  webhook: "Incoming webhooks",
  upload: "File uploads",
  [SOCKET]: "The next socket that opens",
  [ENVELOPE]: "The next envelope to the app",
};

/** What each kind is called and which fields it takes; 429 is the HTTP status everybody meets. */
const RATE_LIMITED = "ratelimited";
const KINDS = {
  error: { label: "Error code", takes: ["error"] },
  http: { label: "HTTP status", takes: ["status"] },
  [RATE_LIMITED]: { label: "429 with Retry-After", takes: ["retry_after"] },
  delay: { label: "Delay", takes: ["seconds"] },
  drop_answer: { label: "Answer dropped", takes: [] },
  refuse: { label: "Connection refused", takes: [] },
  hold: { label: "Held before the work", takes: [] },
  hold_answer: { label: "Answer held", takes: [] },
  deaf: { label: "Stays open, but dead", takes: ["seconds"] },
  close: { label: "Closes without a word", takes: ["seconds"] },
  disconnect: { label: "Is asked to reconnect", takes: ["seconds"] },
  too_many_websockets: { label: "Too many sockets", takes: [] },
  link_disabled: { label: "Socket Mode switched off", takes: [] },
  lose: { label: "Is lost on the way", takes: [] },
  twice: { label: "Arrives twice", takes: [] },
};

/** The form that orders a fault. `order(fault)` sends it and resolves to the server's answer. */
export class FaultForm {
  constructor(order) {
    this.order = order;
    this.method = "chat.postMessage";
    this.known = { targets: { calls: [], others: [] }, kinds: {} };
    this.picker = this.#makePicker();
    this.kind = drawChoice("What happens", [], () => this.#drawDetails());
    this.details = {
      error: drawField("Error code", { value: "internal_error", spellcheck: "false" }),
      status: drawField("HTTP status", { type: "number", value: 503, min: 400, max: 599 }),
      retry_after: drawField("Retry-After, seconds", { type: "number", value: 30, min: 0 }),
      seconds: drawField("Seconds", { type: "number", value: 1, min: 0, step: "any" }),
    };
    const often = [
      ["count", "A number of times"],
      ["probability", "By chance"],
    ];
    this.often = drawChoice("How often", often, () => this.#drawDetails());
    this.count = drawField("Times", { type: "number", value: 1, min: 1 });
    this.chance = drawField("Chance, %", { type: "number", value: 20, min: 1, max: 100 });
    this.seed = drawField("Seed", { type: "number", placeholder: "none", step: 1 });
    this.trouble = drawTrouble();
    this.node = this.#draw();
  }

  /** Offer what the server says can fail, once it is known. */
  learn({ targets, kinds }) {
    const isNew = !this.known.targets.calls.length;
    this.known = { targets, kinds };
    if (isNew) this.#drawKinds();
  }

  #draw() {
    const details = Object.values(this.details).map(({ node }) => node);
    const often = [this.often, this.count, this.chance, this.seed].map(({ node }) => node);
    return h(
      "form",
      { class: "fault-form", novalidate: true, onsubmit: (event) => this.#submitted(event) },
      h("div", { class: "form-field is-wide" }, h("label", {}, "Where"), this.picker.node),
      this.kind.node,
      details,
      often,
      this.trouble,
      h("button", { class: "button primary", type: "submit" }, "Order fault"),
    );
  }

  #makePicker() {
    return new Picker({
      hooks: {},
      names: { "aria-label": "Where" },
      selected: [placeOption(this.method)],
      load: async (query) => ({ groups: this.#places(query) }),
      chosen: ([option]) => {
        this.method = option.key;
        this.#drawKinds();
      },
    });
  }

  #places(query) {
    const { calls, others } = this.known.targets;
    // A family such as chat.* is no method of its own; whoever types one means it.
    const family = query.includes("*") && query !== "*" ? [placeOption(query)] : [];
    const words = query.toLowerCase();
    const matching = [...calls, ...others]
      .map(placeOption)
      .filter(({ key, label }) => `${key} ${label}`.toLowerCase().includes(words));
    const isNamed = ({ key }) => key in PLACES;
    return [
      { label: null, options: [...family, ...matching.filter(isNamed)] },
      { label: "Methods", options: matching.filter((option) => !isNamed(option)) },
    ];
  }

  #drawKinds() {
    const names = this.known.kinds[this.method] ?? this.known.kinds[CALL_KINDS] ?? [];
    const offered = names.flatMap((name) => (name === "http" ? [name, RATE_LIMITED] : [name]));
    fillChoice(
      this.kind.field,
      offered.map((name) => [name, KINDS[name]?.label ?? name]),
    );
    this.#drawDetails();
  }

  #drawDetails() {
    const takes = KINDS[this.kind.field.value]?.takes ?? [];
    for (const [name, { node }] of Object.entries(this.details)) node.hidden = !takes.includes(name);
    const byChance = this.often.field.value === "probability";
    this.count.node.hidden = byChance;
    this.chance.node.hidden = !byChance;
    this.seed.node.hidden = !byChance;
  }

  async #submitted(event) {
    event.preventDefault();
    const answer = await this.order(this.#fault());
    this.trouble.textContent = answer.ok === false ? (answer.message ?? answer.error) : "";
  }

  #fault() {
    const kind = this.kind.field.value;
    const fault = { method: this.method, kind };
    for (const name of KINDS[kind]?.takes ?? []) {
      const { value } = this.details[name].field;
      fault[name] = name === "error" ? value.trim() : Number(value);
    }
    if (kind === RATE_LIMITED) Object.assign(fault, { kind: "http", status: 429 });
    if (this.often.field.value === "count") return { ...fault, count: Number(this.count.field.value) };
    const seed = this.seed.field.value === "" ? null : Number(this.seed.field.value);
    return { ...fault, probability: Number(this.chance.field.value) / 100, seed };
  }
}

/** What a place is called in a list and on a button. */
export function placeName(method) {
  return PLACES[method] ?? method;
}

function placeOption(method) {
  return { key: method, label: placeName(method) };
}

/** A standing fault in a few words: "500", "internal_error", "Delay of 2 s". */
export function faultWords({ kind, error, status, seconds, retry_after: after }) {
  if (kind === "error") return error;
  if (kind === "http") return after === undefined ? `HTTP ${status}` : `HTTP ${status}, Retry-After ${after} s`;
  if (kind === "delay") return `Delay of ${seconds} s`;
  return KINDS[kind]?.label ?? kind;
}
