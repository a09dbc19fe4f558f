import { exactTime } from "./dates.js";
import { h } from "./dom.js";
import { drawDrawer } from "./drawer.js";
import { drawEntry } from "./entries.js";
import { icon } from "./icons.js";
import { drawJson } from "./json.js";
import { Tabs } from "./tabs.js";
import { drawnHtml } from "./html.js";

/** The drawer with everything known of a message: as stored, as checked, as it was, and what led to it. */
export class Inspect {
  constructor({ api, store, holder }) {
    Object.assign(this, { api, store, holder, key: "json" });
  }

  async open(channel, message) {
    const opener = document.activeElement;
    const found = { message, ...(await this.api.inspect(channel, message.ts)) };
    const tabs = new Tabs("About this message", this.#tabs(found), (key) => (this.key = key));
    const shut = () => {
      this.holder.hide();
      if (opener?.isConnected) opener.focus();
    };
    const title = "Inspector";
    this.holder.show(drawDrawer({ name: "Inspect message", title, note: message.ts, tabs, shut }));
    tabs.choose(this.key);
    tabs.focus();
  }

  #tabs({ message, history = [], validation, calls = [], envelopes = [], causes = [] }) {
    const problems = validation?.problems ?? [];
    const traffic = [...causes, ...envelopes, ...calls].sort((one, other) => one.number - other.number);
    return [
      { key: "json", label: "JSON", draw: () => drawJson(message, "The message as stored") },
      {
        key: "validation",
        label: counted("Validation", problems.length),
        draw: () => drawValidation(validation, problems),
      },
      {
        key: "history",
        label: counted("History", history.length - 1),
        draw: () => this.#drawHistory(history),
      },
      {
        key: "calls",
        label: counted("Calls", traffic.length),
        draw: () => this.#drawTraffic(traffic, causes),
      },
    ];
  }

  // The last version is what stands there now.
  #drawHistory(history) {
    if (history.length < 2) return h("p", { class: "quiet" }, "Never edited.");
    return h(
      "ol",
      { class: "versions" },
      history.map((version, place) => this.#drawVersion(version, place, history.length)),
    );
  }

  #drawVersion({ at, ...version }, place, count) {
    const name = place === count - 1 ? "Now" : `Version ${place + 1}`;
    const words = version._html === undefined ? version.text : drawnHtml(version._html, this.store);
    const { text, blocks } = version;
    return h(
      "li",
      { class: "version" },
      h(
        "div",
        { class: "version-head" },
        h("strong", {}, name),
        at && h("time", { class: "quiet" }, exactTime(at, this.store.zone)),
      ),
      h("div", { class: "text version-words" }, words || h("span", { class: "quiet" }, "no text")),
      h("details", {}, h("summary", {}, "JSON"), drawJson({ text, blocks }, `${name} as stored`)),
    );
  }

  #drawTraffic(traffic, causes) {
    if (!traffic.length) return h("p", { class: "quiet" }, "The journal no longer knows how it came to be.");
    const likely = new Set(causes.map(({ number }) => number));
    return [
      causes.length > 0 &&
        h("p", { class: "quiet" }, "What is underlined came shortly before, and may have led to it."),
      h(
        "div",
        { class: "entries" },
        traffic.map((entry) => {
          const node = drawEntry(entry, this.store);
          node.classList.toggle("is-likely", likely.has(entry.number));
          return node;
        }),
      ),
    ];
  }
}

function counted(label, count) {
  return count > 0 ? `${label} (${count})` : label;
}

function drawValidation(validation, problems) {
  if (!validation) return h("p", { class: "quiet" }, "This message was not checked.");
  if (validation.ok)
    return h("p", { class: "verdict is-good" }, icon("check"), "Slack would take this message as it is.");
  return [
    h("p", { class: "verdict is-bad" }, icon("warning"), "Slack would refuse this message."),
    h(
      "ul",
      { class: "problems" },
      problems.map(({ pointer, code, message }) =>
        h(
          "li",
          {},
          h("div", {}, message),
          h("code", {}, pointer || "/"),
          " ",
          h("span", { class: "quiet" }, code),
        ),
      ),
    ),
  ];
}
