/** The place on the right for one pane at a time: a thread or the inspector. */
export class Pane {
  constructor(shell) {
    this.shell = shell;
    this.node = null;
  }

  /** Show a pane; `gone` runs when it is hidden or another takes its place. */
  show(node, gone = () => {}) {
    this.hide();
    this.node = node;
    this.gone = gone;
    this.shell.append(node);
    this.shell.classList.add("has-pane");
  }

  hide() {
    if (!this.node) return;
    this.node.remove();
    this.node = null;
    this.shell.classList.remove("has-pane");
    this.gone();
  }
}
