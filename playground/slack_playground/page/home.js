import { h } from "./dom.js";
import { Surface } from "./surface.js";

/** The app's Home tab of one person. */
export class Home {
  constructor({ api, store }) {
    Object.assign(this, { api, store });
    this.body = h("div", { class: "home-body" });
    this.node = h("section", { class: "home", "aria-label": "App Home", tabindex: -1 }, this.body);
    this.surface = new Surface({
      kind: "home",
      container: { type: "view", view_id: null },
      root: this.node,
      api,
      store,
    });
  }

  /** Open the tab: the app hears of it and may publish a new view, which comes as an event. */
  async open() {
    this.isFresh = false;
    const answer = await this.api.openHome();
    // The app may have been quicker than the answer, which tells of the view before.
    if (!this.isFresh) this.#draw(answer.view ?? null);
  }

  update(view) {
    this.isFresh = true;
    this.#draw(view);
  }

  #draw(view) {
    if (!view) return void this.body.replaceChildren(this.#nothing());
    this.surface.container.view_id = view.id;
    this.surface.redraw(this.body, view.blocks ?? []);
  }

  #nothing() {
    const name = this.store.app.name ?? "The app";
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, `${name} has not published a Home yet`),
      h("p", { class: "quiet" }, "An app fills it when somebody opens this tab."),
    );
  }
}
