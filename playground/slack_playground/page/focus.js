const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/**
 * Change what stands in `root` and give the focus, the caret and the selection back to the
 * element that has taken the place of the focused one: the same action_id (block_ids change
 * with every edit), or the same `data-key`. If it is gone, `root` itself takes the focus, so
 * that nobody is thrown to the top of the page.
 */
export function keepingFocus(root, change) {
  const mark = markOf(root);
  change();
  if (mark) restore(root, mark);
}

function markOf(root) {
  const focused = document.activeElement;
  if (!focused || focused === root || !root.contains(focused)) return null;
  const holder = focused.closest("[data-action-id], [data-key]");
  if (!holder || !root.contains(holder)) return {};
  return {
    blockId: holder.dataset.blockId,
    name: holder.dataset.actionId === undefined ? "data-key" : "data-action-id",
    value: holder.dataset.actionId ?? holder.dataset.key,
    place: focusables(holder).indexOf(focused),
    caret: "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null,
  };
}

function restore(root, mark) {
  if (root.contains(document.activeElement)) return;
  const holder = mark.name && sameHolder(root, mark);
  const inside = holder ? focusables(holder) : [];
  const target = inside[mark.place] ?? inside[0] ?? root;
  target.focus({ preventScroll: true });
  // Number and date inputs have no caret, and say so by throwing on being given one.
  if (mark.caret && mark.caret[0] !== null && target.selectionStart !== null) {
    target.setSelectionRange?.(...mark.caret);
  }
}

function sameHolder(root, { name, value, blockId }) {
  const same = [...root.querySelectorAll(`[${name}="${CSS.escape(value)}"]`)];
  return same.find((node) => node.dataset.blockId === blockId) ?? same[0];
}

function focusables(holder) {
  return [holder, ...holder.querySelectorAll("*")].filter(
    (node) => node.matches(FOCUSABLE) && !node.disabled,
  );
}
