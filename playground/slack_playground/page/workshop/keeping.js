import { confirmed } from "../confirm.js";
import { h } from "../dom.js";
import { drawButton, drawField, drawTrouble, times } from "./form.js";

const FIRST_NAME = "snapshot";

/** Snapshots to go back to, starting over, and what the app asked for in vain. */
export class KeepingPanel {
  constructor({ api, store, announcer }) {
    Object.assign(this, { api, store, announcer });
    this.name = drawField("Name of the snapshot", { value: FIRST_NAME, spellcheck: "false" });
    this.trouble = drawTrouble();
    this.kept = h("p", { class: "quiet" });
    this.lacking = h("div", {});
    this.refused = h("div", {});
    this.node = h(
      "div",
      { class: "workshop-panel" },
      h("h3", {}, "Snapshots"),
      h(
        "div",
        { class: "form-row" },
        this.name.node,
        drawButton("Take", () => this.#take()),
        drawButton("Restore", () => this.#restore()),
      ),
      this.trouble,
      this.kept,
      h("h3", {}, "Start over"),
      h("p", { class: "quiet" }, "Back to the seed: no messages, no views, no faults, no traffic."),
      h(
        "div",
        { class: "button-row" },
        drawButton("Start over…", () => startOver(this.api, this.store), "danger"),
      ),
      h("h3", {}, "Methods the playground lacks"),
      this.lacking,
      h("h3", {}, "Refused for want of a line in the manifest"),
      this.refused,
    );
  }

  async refresh() {
    const { unsupported_counts: counts, refused } = await this.api.state();
    if (!counts) return;
    const lacking = Object.entries(counts);
    this.lacking.replaceChildren(
      drawRows(lacking.map(([method, count]) => [method, `called ${times(count)}`])) ??
        h("p", { class: "quiet" }, "None was called."),
    );
    this.refused.replaceChildren(
      drawRows(refused.map(({ what, add, count }) => [what, add, `tried ${times(count)}`])) ??
        h("p", { class: "quiet" }, "Nothing was refused."),
    );
  }

  async #take() {
    const answer = await this.api.snapshot(this.name.field.value.trim());
    if (this.#tell(answer, "Taken")) this.kept.textContent = `Kept: ${answer.names.join(", ")}`;
  }

  async #restore() {
    this.#tell(await this.api.restore(this.name.field.value.trim()), "Restored");
  }

  #tell(answer, done) {
    this.trouble.textContent = answer.ok ? "" : (answer.message ?? answer.error);
    if (answer.ok) this.announcer.show(done, answer.name);
    return answer.ok;
  }
}

/** Empty the workspace, if that is really meant. */
export async function startOver(api, store) {
  const question = {
    title: "Start over?",
    text: "All messages and views of this workspace are removed, for everyone.",
    confirm: "Start over",
    style: "danger",
  };
  if (await confirmed(question, store)) await api.reset();
}

function drawRows(rows) {
  if (!rows.length) return null;
  const draw = ([name, ...notes]) =>
    h(
      "li",
      { class: "row" },
      h(
        "div",
        { class: "row-words" },
        h("strong", {}, name),
        notes.map((note) => h("span", { class: "quiet" }, note)),
      ),
    );
  return h("ul", { class: "rows" }, rows.map(draw));
}
