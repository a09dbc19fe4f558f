import { drawDrawer } from "../drawer.js";
import { Tabs } from "../tabs.js";
import { ClockPanel } from "./clock.js";
import { FaultsPanel } from "./faults.js";
import { KeepingPanel } from "./keeping.js";
import { TrafficPanel } from "./traffic.js";

const LOOK_EVERY_MS = 1000;

/** The drawer that makes a good day bad: faults, the clock, the traffic, and a way back. */
export class Workshop {
  constructor({ api, store, holder, announcer }) {
    Object.assign(this, { store, holder, isOpen: false });
    this.panels = {
      faults: new FaultsPanel({ api, store, announcer }),
      clock: new ClockPanel({ api, store, announcer }),
      traffic: new TrafficPanel({ api, store }),
      workspace: new KeepingPanel({ api, store, announcer }),
    };
    const labels = { faults: "Faults", clock: "Clock", traffic: "Traffic", workspace: "Workspace" };
    const tabs = Object.entries(this.panels).map(([key, panel]) => ({
      key,
      label: labels[key],
      draw: () => panel.node,
    }));
    this.tabs = new Tabs("Workshop", tabs, () => this.#refresh());
    this.tabs.key = "faults";
    const shut = () => this.close();
    const note = "For trying out what may go wrong";
    this.pane = drawDrawer({ name: "Workshop", title: "Workshop", note, tabs: this.tabs, shut });
    store.addEventListener("change", () => this.isOpen && this.#refresh());
  }

  toggle(button) {
    if (this.isOpen) return this.close();
    this.button = button;
    this.holder.show(this.pane, () => this.#gone());
    this.isOpen = true;
    button.setAttribute("aria-expanded", "true");
    this.tabs.choose(this.tabs.key);
    this.tabs.focus();
    this.timer = setInterval(() => this.#refresh(), LOOK_EVERY_MS);
  }

  close() {
    this.holder.hide();
    this.button.focus();
  }

  #gone() {
    this.isOpen = false;
    clearInterval(this.timer);
    this.button.setAttribute("aria-expanded", "false");
  }

  #refresh() {
    this.panels[this.tabs.key].refresh();
  }
}
