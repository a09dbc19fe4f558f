import { h } from "./dom.js";

/** What stands in a channel without messages: how an app gets here, until one is. */
export class Greeting {
  constructor(store, label) {
    Object.assign(this, { store, label });
    this.node = h("div", { class: "greeting" });
    this.draw();
  }

  draw() {
    const { connect, connections } = this.store;
    const isAlone = connections === 0 && Object.keys(connect).length > 0;
    const start = h("p", {}, `This is the very beginning of ${this.label}.`);
    const lines = Object.entries(connect).map(([name, value]) => `${name}=${value}`);
    const help = [
      h("h2", {}, "Connect an app"),
      h("p", {}, "No app is connected yet. Start one with these in its environment:"),
      h("pre", { tabindex: 0, "aria-label": "Environment of the app" }, lines.join("\n")),
    ];
    this.node.replaceChildren(start, ...(isAlone ? help : []));
  }
}
