import { exactTime } from "./dates.js";
import { h } from "./dom.js";
import { drawJson } from "./json.js";

const SIGNS = { call: "→", delivery: "←", action: "●" };
const FROM = { call: "Call", delivery: "Envelope", action: "Person" };

/** Draw one line of the traffic; opened, it shows the whole exchange as JSON. */
export function drawEntry(entry, store) {
  const node = h(
    "details",
    {
      class: `entry is-${entry.kind}${isTrouble(entry) ? " is-trouble" : ""}`,
      "data-number": entry.number,
      ontoggle: () => node.open && node.children.length === 1 && node.append(...bodies(entry)),
    },
    h(
      "summary",
      {},
      h("time", { class: "entry-time" }, exactTime(entry.at, store.zone)),
      h("span", { class: "entry-sign", role: "img", "aria-label": FROM[entry.kind] }, SIGNS[entry.kind]),
      h("span", { class: "entry-name" }, titleOf(entry, store)),
      h("span", { class: "entry-result" }, resultOf(entry)),
    ),
  );
  return node;
}

/** Whether an exchange did not go as the app or the person wished. */
export function isTrouble(entry) {
  if (entry.kind === "call") return !entry.answer || entry.status >= 400 || entry.answer.ok === false;
  if (entry.kind === "delivery") return !["acknowledged", "sent"].includes(entry.outcome);
  return false;
}

/** What an exchange is called: the method, the kind of envelope, or what a person did. */
export function titleOf(entry, store) {
  if (entry.kind === "call") return entry.method;
  if (entry.kind === "action") {
    const who = entry.body.user ? store.person(entry.body.user).real_name : "Somebody";
    return `${who}: ${entry.body.text ?? entry.request}`;
  }
  const { payload } = entry;
  const what = payload.event?.type ?? payload.command ?? payload.type ?? "";
  const which = payload.actions?.[0]?.action_id ?? payload.view?.callback_id ?? payload.callback_id;
  return [entry.type, what, which].filter(Boolean).join(" · ");
}

function resultOf(entry) {
  if (entry.kind === "delivery") {
    const retry = entry.retry_attempt ? `retry ${entry.retry_attempt}, ` : "";
    return retry + entry.outcome.replace("_", " ");
  }
  if (entry.kind === "action") return "";
  if (!entry.answer) return "connection dropped";
  const error = entry.answer.ok === false ? entry.answer.error : null;
  if (error) return entry.status === 200 ? error : `${entry.status} ${error}`;
  return entry.status === 200 ? milliseconds(entry.seconds) : String(entry.status);
}

function milliseconds(seconds = 0) {
  return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

function bodies(entry) {
  const parts = {
    call: [
      ["Arguments", entry.arguments],
      ["Answer", entry.answer],
    ],
    delivery: [
      ["Payload", entry.payload],
      ["Acknowledged with", entry.answer],
    ],
    action: [["Request", entry.body]],
  }[entry.kind];
  return parts
    .filter(([, value]) => value)
    .map(([name, value]) => [h("h4", {}, name), drawJson(value, name)])
    .flat();
}
