import { freshId, h } from "./dom.js";

/**
 * Tabs over one panel. Each tab is `{key, label, draw}`; `draw()` returns what stands in the panel
 * while it is chosen. Arrow keys, Home and End go from tab to tab, as in every tab list.
 */
export class Tabs {
  constructor(name, tabs, chosen = () => {}) {
    this.tabs = tabs;
    this.chosen = chosen;
    this.panel = h("div", { class: "pane-body", role: "tabpanel", id: freshId("panel"), tabindex: 0 });
    this.buttons = tabs.map((tab) => this.#button(tab));
    this.list = h(
      "div",
      { class: "tablist", role: "tablist", "aria-label": name, onkeydown: (event) => this.#steer(event) },
      this.buttons,
    );
  }

  choose(key) {
    this.key = key;
    this.panel.scrollTop = 0;
    for (const [place, tab] of this.tabs.entries()) {
      const button = this.buttons[place];
      button.setAttribute("aria-selected", String(tab.key === key));
      button.tabIndex = tab.key === key ? 0 : -1;
      if (tab.key !== key) continue;
      this.panel.setAttribute("aria-labelledby", button.id);
      this.panel.replaceChildren(...[tab.draw()].flat(Infinity).filter(Boolean));
    }
    this.chosen(key);
  }

  /** Go to the chosen tab with the keyboard. */
  focus() {
    this.buttons.find((button) => button.tabIndex === 0)?.focus();
  }

  #button({ key, label }) {
    return h(
      "button",
      {
        class: "tab",
        type: "button",
        role: "tab",
        id: freshId("tab"),
        "aria-controls": this.panel.id,
        onclick: () => this.choose(key),
      },
      label,
    );
  }

  #steer(event) {
    const here = this.buttons.indexOf(document.activeElement);
    const last = this.buttons.length - 1;
    const moves = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last };
    if (here < 0 || !(event.key in moves)) return;
    event.preventDefault();
    const place = (moves[event.key] + this.buttons.length) % this.buttons.length;
    this.choose(this.tabs[place].key);
    this.buttons[place].focus();
  }
}
