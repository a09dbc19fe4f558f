import { drawAvatar } from "./avatar.js";
import { clockTime, dayName, dayOf, fullTime } from "./dates.js";
import { h } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { withEmoji } from "./emoji.js";
import { drawnHtml } from "./html.js";
import { drawImage } from "./elements/picture.js";
import { icon } from "./icons.js";
import { drawAttachments, blocksOfAttachments } from "./attachments.js";
import { closeOrphans } from "./popup.js";
import { drawReactions } from "./reactions.js";
import { Surface } from "./surface.js";
import { firstLine, spokenWords } from "./wording.js";

const GROUPED_WITHIN_S = 300;
const MOST_WORDS = 80;

/**
 * One message in a list. Its node outlives edits: only the content inside is drawn anew, so that
 * scroll position, focus and the toolbar hanging on it stay.
 */
export class MessageRow {
  constructor(message, room) {
    this.room = room;
    this.day = h("div", { class: "day", hidden: true });
    this.content = h("div", { class: "message-content" });
    const local = message.is_local ? "" : message.ts;
    this.node = h(
      "article",
      { class: "message", tabindex: -1, "data-ts": local, "data-channel": room.channel },
      this.day,
      this.content,
    );
    const container = { type: "message", channel: room.channel, ts: message.ts };
    this.surface = new Surface({
      kind: "message",
      container,
      root: this.node,
      api: room.api,
      store: room.store,
    });
    this.update(message);
  }

  /** Draw the message as it is now; does nothing if it is the same as before. */
  update(message) {
    const seal = JSON.stringify(message);
    if (seal === this.seal) return;
    this.seal = seal;
    this.message = message;
    this.node.classList.toggle("is-ephemeral", Boolean(message.is_ephemeral));
    this.node.classList.toggle("is-doing", message.subtype === "me_message");
    const who = isGone(message) ? "Deleted message" : authorOf(message, this.room.store).name;
    this.node.setAttribute("aria-label", `${who}, ${clockTime(message.ts, this.room.store.zone)}`);
    keepingFocus(this.node, () => this.content.replaceChildren(...this.#draw()));
    closeOrphans();
  }

  /** Place the row after `previous`: under a new day's line, or closely below the same author's message. */
  follow(previous) {
    const { zone } = this.room.store;
    const sameDay = previous && dayOf(previous.message.ts, zone) === dayOf(this.message.ts, zone);
    this.day.hidden = Boolean(sameDay) || this.room.isThread;
    this.day.replaceChildren(h("span", {}, this.day.hidden ? "" : dayName(this.message.ts, zone)));
    this.node.classList.toggle("compact", Boolean(sameDay) && belongTogether(previous.message, this.message, this.room));
  }

  #draw() {
    const { message } = this;
    const { store } = this.room;
    const author = authorOf(message, store);
    if (isGone(message)) return this.#drawGone();
    return [
      h("div", { class: "gutter" }, drawAvatar(author.user, author.name, message.icons), this.#time("gutter-time")),
      h(
        "div",
        { class: "message-main" },
        message.is_ephemeral && h("div", { class: "ephemeral-mark" }, icon("eye", 14), "Only visible to you"),
        h(
          "div",
          { class: "byline" },
          h("span", { class: "author" }, author.name),
          (message.bot_id || author.user.is_bot) && h("span", { class: "tag" }, "APP"),
          this.#time("time"),
        ),
        this.#origin(),
        h("div", { class: "message-body" }, this.#body()),
        this.#threadSummary(),
      ),
    ];
  }

  /** What is left of a deleted message that has replies: nobody's words. */
  #drawGone() {
    return [
      h("div", { class: "gutter" }, h("span", { class: "avatar is-gone", "aria-hidden": "true" }, icon("trash", 18))),
      h("div", { class: "message-main" }, h("div", { class: "quiet gone" }, this.message.text), this.#threadSummary()),
    ];
  }

  #time(className) {
    const { ts } = this.message;
    const { zone } = this.room.store;
    const seconds = new Date(Number(ts) * 1000).toISOString();
    return h("time", { class: className, datetime: seconds, title: fullTime(ts, zone) }, clockTime(ts, zone));
  }

  #body() {
    const { message, surface } = this;
    const blocks = message.blocks ?? [];
    const drawn = surface.drawAll([...blocks, ...blocksOfAttachments(message)]);
    const edited = message.edited && h("span", { class: "edited" }, "(edited)");
    // At the end of the words, where words are the end.
    const last = edited && drawn[blocks.length - 1]?.querySelector(":scope > .text:last-child, :scope > .rich-text > .text:last-child");
    if (edited) last?.append(" ", edited);
    return [
      blocks.length ? [drawn.slice(0, blocks.length), !last && edited] : this.#text(edited),
      drawAttachments(message, drawn.slice(blocks.length), this.room.store),
      (message.files ?? []).map(drawSharedFile),
      drawReactions(this),
    ];
  }

  #text(edited) {
    const { message, room } = this;
    if (!message.text && !message._html) return edited;
    const { assistant_app_thread: assistant } = message;
    const words = assistant?.title ?? wordsOf(message, room.store);
    return h("div", { class: "text" }, words, edited && [" ", edited]);
  }

  /** Of a reply that is shown in the channel as well: the thread it stands in. */
  #origin() {
    const { message, room } = this;
    if (message.subtype !== "thread_broadcast" || room.isThread) return null;
    const words = firstLine(withEmoji(spokenWords(message.root ?? {}, room.store))) || "a thread";
    return h(
      "button",
      { class: "thread-origin", type: "button", "data-key": "origin", onclick: () => room.openThread(message.thread_ts) },
      "replied to a thread: ",
      h("span", { class: "thread-origin-words" }, words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words),
    );
  }

  #threadSummary() {
    const { message, room } = this;
    if (!message.reply_count || room.isThread) return null;
    const words = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
    return h(
      "button",
      {
        class: "thread-summary",
        type: "button",
        "data-key": "thread",
        onclick: () => room.openThread(message.ts),
      },
      icon("thread", 14),
      words,
    );
  }
}

function wordsOf(message, store) {
  return message._html === undefined ? message.text : drawnHtml(message._html, store);
}

function isGone({ subtype }) {
  return subtype === "tombstone";
}

/** Who a message is from, by the name it was posted under. */
export function authorOf(message, store) {
  const id = message.user ?? store.app.bot_user_id ?? "";
  const user = store.person(id);
  return { user, name: message.username ?? user.real_name ?? user.name };
}

function belongTogether(before, message, { isThread }) {
  const plain = ![before, message].some((one) => one.is_ephemeral || isGone(one)) && before.username === message.username;
  const same = before.user === message.user && before.bot_id === message.bot_id;
  // In the channel a reply says which thread it is from; in the thread itself it is one like others.
  const isAlone = message.subtype === "thread_broadcast" && !isThread;
  return plain && same && !isAlone && Number(message.ts) - Number(before.ts) < GROUPED_WITHIN_S;
}

function drawSharedFile(file) {
  const address = file.url_private ?? file.permalink ?? "";
  const words = file.alt_txt || file.title || file.name;
  if (file.mimetype?.startsWith("image/"))
    return h(
      "figure",
      { class: "image" },
      h("figcaption", {}, file.title || file.name),
      drawImage({ image_url: address, alt_text: words }, "image-picture"),
    );
  const name = file.title || file.name || file.id;
  const href = file.url_private ?? file.permalink;
  const size = file.size === undefined ? "" : `${file.size.toLocaleString()} bytes`;
  const link = href && new URL(href, location.href).origin === location.origin;
  return h(
    "div",
    { class: "file" },
    icon("file", 22),
    h(
      "div",
      {},
      h(
        "div",
        { class: "file-name" },
        link ? h("a", { href, target: "_blank", rel: "noopener" }, name) : name,
      ),
      h("div", { class: "quiet" }, size),
    ),
  );
}

