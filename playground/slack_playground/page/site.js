import { confirmed } from "./confirm.js";

/** One interactive element at its place: which block, which surface, and how it tells the app. */
export class Site {
  constructor(surface, block, element, input = null) {
    this.surface = surface;
    this.store = surface.store;
    this.block = block;
    this.element = element;
    this.input = input;
    this.blockId = block.block_id ?? "";
    this.actionId = element.action_id ?? "";
    surface.drawn.push([this.blockId, this.actionId]);
  }

  get key() {
    return `${this.blockId}/${this.actionId}`;
  }

  /** Hooks by which focus, marks and tests find the element again. */
  get hooks() {
    return { "data-block-id": this.blockId, "data-action-id": this.actionId };
  }

  /** Name and description from the input block's label, hint and error; a bare element names itself. */
  labelled(name) {
    if (!this.input) return { "aria-label": this.element.accessibility_label ?? name };
    return {
      "aria-labelledby": this.input.labelId,
      "aria-describedby": this.input.descriptionId,
      "aria-required": this.input.required ? "true" : null,
    };
  }

  get placeholder() {
    return this.element.placeholder?.text ?? null;
  }

  /** The value that stands here: what was entered, else the app's initial one, which then counts as entered. */
  current(initial) {
    const entered = this.surface.values.get(this.blockId, this.actionId);
    if (entered && entered.type === this.element.type) return entered;
    const payload = { type: this.element.type, ...initial };
    this.surface.values.set(this.blockId, this.actionId, payload);
    return payload;
  }

  enter(choice) {
    this.surface.values.set(this.blockId, this.actionId, { type: this.element.type, ...choice });
  }

  /**
   * Take a choice: outside of input blocks it goes to the app at once. Returns false if the
   * person thought better of it.
   */
  async choose(choice) {
    if (!(await this.agreed())) return false;
    this.enter(choice);
    if (!this.input || this.input.dispatches) await this.surface.act(this, choice);
    return true;
  }

  async press(choice) {
    if (!(await this.agreed())) return null;
    return this.surface.act(this, choice);
  }

  agreed() {
    return this.element.confirm ? confirmed(this.element.confirm, this.store) : true;
  }
}
