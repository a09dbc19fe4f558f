import { drawBlock } from "./blocks/catalogue.js";
import { h } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { icon } from "./icons.js";
import { closeOrphans } from "./popup.js";
import { Values } from "./values.js";

/**
 * Where blocks stand: one message, one modal or App Home. `root` outlives every redraw, and so
 * do the values people entered (while block_id and action_id stay equal, as in Slack) and what
 * they opened, sorted or paged (`memory`).
 */
export class Surface {
  constructor({ kind, container, root, api, store }) {
    Object.assign(this, { kind, container, root, api, store });
    this.values = new Values();
    this.memory = new Map();
    this.marks = new Map();
    this.drawn = [];
  }

  /** Draw blocks into `holder`, in place of what stood there. */
  redraw(holder, blocks) {
    keepingFocus(this.root, () => holder.replaceChildren(...this.drawAll(blocks)));
    closeOrphans();
  }

  drawAll(blocks) {
    this.drawn = [];
    const nodes = blocks.map((block) => this.draw(block));
    this.values.keepOnly(this.drawn);
    return nodes;
  }

  draw(block) {
    return drawBlock(block, this);
  }

  /** Remember something a person did to a block that the app need not know. */
  recall(blockId, what, otherwise) {
    return this.memory.get(`${blockId}/${what}`) ?? otherwise;
  }

  remember(blockId, what, value) {
    this.memory.set(`${blockId}/${what}`, value);
  }

  /** Send an action and show on its element that it is on the way, and if it failed, why. */
  async act(site, choice) {
    this.#mark(site, { busy: true });
    const action = { block_id: site.blockId, action_id: site.actionId, type: site.element.type, ...choice };
    const answer = await this.api.act(this.container, action, this.values.all());
    this.#mark(site, answer.ok ? null : { failed: answer.error ?? "failed" });
    return answer;
  }

  suggest(site, query) {
    return this.api.options(this.container, site.blockId, site.actionId, query);
  }

  #mark(site, mark) {
    if (mark) this.marks.set(site.key, mark);
    else this.marks.delete(site.key);
    for (const node of this.root.querySelectorAll("[data-action-id]")) {
      if (node.dataset.blockId === site.blockId && node.dataset.actionId === site.actionId)
        this.paint(node, site.key);
    }
  }

  /** Show an element's mark, if it has one. */
  paint(node, key) {
    const mark = this.marks.get(key);
    node.querySelector(":scope > .mark")?.remove();
    node.classList.toggle("is-busy", Boolean(mark?.busy));
    node.classList.toggle("is-failed", Boolean(mark?.failed));
    if (mark?.busy) node.setAttribute("aria-busy", "true");
    else node.removeAttribute("aria-busy");
    if (mark?.busy) node.append(h("span", { class: "mark spinner", "aria-hidden": "true" }));
    if (mark?.failed) node.append(failedMark(mark.failed));
  }
}

function failedMark(error) {
  const words = `The app did not take this: ${error}`;
  return h(
    "span",
    { class: "mark warning", title: words, role: "img", "aria-label": words },
    icon("warning", 16),
  );
}
