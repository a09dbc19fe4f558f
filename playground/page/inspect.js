import { clockTime } from "./dates.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

/** The drawer with a message as Slack stores it, and what it said before each edit. */
export class Inspect {
  constructor({ api, store, holder }) {
    Object.assign(this, { api, store, holder });
  }

  async open(channel, message) {
    const opener = document.activeElement;
    const answer = await this.api.inspect(channel, message.ts);
    const shown = answer.message ?? message;
    const shut = () => {
      this.holder.hide();
      if (opener?.isConnected) opener.focus();
    };
    const close = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Close inspector", onclick: shut },
      icon("close"),
    );
    const history = answer.history ?? [];
    const pane = h(
      "aside",
      {
        class: "pane inspect",
        "aria-label": "Inspect message",
        onkeydown: (event) => event.key === "Escape" && shut(),
      },
      h(
        "header",
        { class: "pane-head" },
        h("h2", {}, "Inspect"),
        h("span", { class: "quiet" }, message.ts),
        close,
      ),
      h(
        "div",
        { class: "pane-body", tabindex: 0 },
        h("h3", {}, "As stored"),
        drawJson(shown),
        h("h3", {}, history.length ? `Edit history (${history.length})` : "Never edited"),
        history.map((version, place) => this.#drawVersion(version, place)),
      ),
    );
    this.holder.show(pane);
    close.focus();
  }

  #drawVersion({ at, ...content }, place) {
    const seconds = typeof at === "string" && Number.isNaN(Number(at)) ? Date.parse(at) / 1000 : at;
    return h(
      "details",
      { class: "version" },
      h(
        "summary",
        {},
        `Version ${place + 1}, ${clockTime(seconds, this.store.zone)}: `,
        h("span", { class: "quiet" }, content.text || "no text"),
      ),
      drawJson(content),
    );
  }
}

function drawJson(value) {
  // Keys with an underscore exist for this page only; Slack does not know them.
  const shown = JSON.stringify(value, (key, inner) => (key.startsWith("_") ? undefined : inner), 2);
  return h("pre", { class: "json", tabindex: 0 }, shown);
}
