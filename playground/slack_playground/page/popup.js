const GAP_PX = 4;
const EDGE_PX = 8;
const open = new Set();

/**
 * Show `node` beside `anchor`, above everything: messages clip what sticks out of them, and an
 * open dialog makes the rest of the page inert, so it goes to the top layer of the same dialog.
 * Returns a function that closes it; `closed` runs once, however it came to close.
 */
export function openPopup(anchor, node, closed = () => {}) {
  const popup = { anchor, node, close: () => closePopup(popup, closed) };
  node.classList.add("popup");
  node.popover = "manual";
  (anchor.closest("dialog") ?? document.body).append(node);
  node.showPopover();
  place(popup);
  open.add(popup);
  popup.outside = (event) => !node.contains(event.target) && !anchor.contains(event.target) && popup.close();
  popup.moved = (event) => !node.contains(event.target) && place(popup);
  document.addEventListener("pointerdown", popup.outside, true);
  document.addEventListener("scroll", popup.moved, true);
  window.addEventListener("resize", popup.moved);
  return popup.close;
}

/** Close what hangs on elements that an edit has just replaced. */
export function closeOrphans() {
  for (const popup of [...open]) if (!popup.anchor.isConnected) popup.close();
}

function closePopup(popup, closed) {
  if (!open.delete(popup)) return;
  document.removeEventListener("pointerdown", popup.outside, true);
  document.removeEventListener("scroll", popup.moved, true);
  window.removeEventListener("resize", popup.moved);
  popup.node.remove();
  closed();
}

function place({ anchor, node }) {
  const at = anchor.getBoundingClientRect();
  node.style.minWidth = `${Math.min(at.width, innerWidth - 2 * EDGE_PX)}px`;
  const { width, height } = node.getBoundingClientRect();
  const below = at.bottom + GAP_PX;
  const top = below + height > innerHeight - EDGE_PX ? at.top - height - GAP_PX : below;
  const left = Math.min(at.left, innerWidth - width - EDGE_PX);
  node.style.top = `${Math.max(EDGE_PX, top)}px`;
  node.style.left = `${Math.max(EDGE_PX, left)}px`;
}
