import { h } from "./dom.js";
import { emojiNames, withEmoji } from "./emoji.js";
import { withGlyphs } from "./glyphs.js";
import { openPopup } from "./popup.js";

const USUAL = ["+1", "white_check_mark", "eyes", "tada", "heart", "joy", "x", "rocket"];
const MOST = 24;

/** The emoji under a message, each a switch: pressed if it is one's own. Nothing without any. */
export function drawReactions({ message, room }) {
  if (!message.reactions?.length || message.is_ephemeral) return null;
  const chips = message.reactions.map((reaction) => drawChip(reaction, message, room));
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, chips);
}

/** Let a person pick an emoji: the usual ones, or any by its name. */
export function openReactions(anchor, { message, room }) {
  const react = (name) => {
    close();
    anchor.focus({ preventScroll: true });
    room.report(room.api.react(room.channel, message.ts, name));
  };
  const grid = h("div", { class: "reaction-grid", role: "group", "aria-label": "Emoji" });
  const field = h("input", {
    class: "field",
    type: "text",
    "aria-label": "Emoji name",
    placeholder: "Emoji name",
    autocomplete: "off",
    oninput: () => grid.replaceChildren(...found(field.value).map((name) => drawChoice(name, react))),
    onkeydown: (event) => {
      const name = plainName(field.value);
      if (event.key !== "Enter" || !name) return;
      event.preventDefault();
      react(emojiNames().includes(name) ? name : (found(name)[0] ?? name));
    },
  });
  grid.append(...USUAL.map((name) => drawChoice(name, react)));
  const picker = h("div", { class: "reaction-picker", role: "dialog", "aria-label": "Add reaction" }, field, grid);
  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
    anchor.focus({ preventScroll: true });
  });
  const close = openPopup(anchor, picker, () => anchor.setAttribute("aria-expanded", "false"));
  anchor.setAttribute("aria-expanded", "true");
  field.focus();
}

function drawChip({ name, count, users }, message, room) {
  const { store } = room;
  const isOwn = users.includes(store.meId);
  const who = users.map((id) => store.person(id).real_name || id).join(", ");
  return h(
    "button",
    {
      class: "reaction",
      type: "button",
      "aria-pressed": String(isOwn),
      "aria-label": `${name.replaceAll("_", " ")}, ${count}`,
      title: `${who} reacted with :${name}:`,
      "data-key": `reaction-${name}`,
      onclick: () => room.report(room.api.react(room.channel, message.ts, name, isOwn)),
    },
    h("span", { "aria-hidden": "true" }, withGlyphs(withEmoji(`:${name}:`)), " ", String(count)),
  );
}

function drawChoice(name, react) {
  return h(
    "button",
    {
      class: "icon-button",
      type: "button",
      title: `:${name}:`,
      "aria-label": name.replaceAll("_", " "),
      onclick: () => react(name),
    },
    withGlyphs(withEmoji(`:${name}:`)),
  );
}

function found(typed) {
  const word = plainName(typed);
  if (!word) return USUAL;
  return emojiNames()
    .filter((name) => name.includes(word))
    .slice(0, MOST);
}

function plainName(typed) {
  return typed.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
}
