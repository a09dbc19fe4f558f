import { channelAddress } from "./address.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { Prompts } from "./prompts.js";

/** The middle of the window: one channel's header, messages and composer, or the app's Home. */
export class Conversation {
  constructor({ store, home, makeRoom, openSidebar, openCanvas, askAssistant }) {
    Object.assign(this, { store, home, makeRoom, openCanvas });
    this.drafts = new Map();
    this.title = h("h1", { class: "channel-title", tabindex: -1 });
    this.topic = h("p", { class: "channel-topic" });
    this.tabs = h("nav", { class: "tabs", "aria-label": "App tabs" });
    this.canvases = h("div", { class: "canvas-tabs" });
    this.assistant = h("button", { class: "button ask-assistant", type: "button", onclick: askAssistant });
    const menu = h(
      "button",
      {
        class: "icon-button sidebar-opener",
        type: "button",
        "aria-label": "Open sidebar",
        onclick: openSidebar,
      },
      icon("menu"),
    );
    this.head = h(
      "header",
      { class: "channel-head" },
      menu,
      h("div", { class: "channel-words" }, this.title, this.topic),
      this.tabs,
      this.canvases,
      this.assistant,
    );
    this.body = h("div", { class: "channel-body" });
    this.node = h("main", { class: "channel", "aria-label": "Conversation" }, this.head, this.body);
  }

  /** Show a channel. Returns true if it was not the one already shown. */
  show(channel, atHome) {
    const place = this.store.channel(channel);
    // Whoever chooses the app comes to its first tab.
    const isFirst = atHome || channel === "app";
    const isHome = this.store.isAppChannel(place) && isFirst && this.store.appTabs[0] === "home";
    const key = isHome ? "home" : channel;
    if (this.composer) this.drafts.set(this.channel, this.composer.draft);
    Object.assign(this, { channel, atHome: isHome });
    if (key === this.key) return false;
    this.key = key;
    this.drawHead();
    if (isHome) this.#showHome();
    else this.#showMessages();
    return true;
  }

  drawHead() {
    const channel = this.store.channel(this.channel);
    const name = this.store.channelName(this.channel);
    const sign = channel?.is_im ? null : icon(channel?.is_private ? "lock" : "hash");
    this.title.replaceChildren(
      ...[sign, name, channel?.is_archived && h("span", { class: "pill" }, "archived")].filter(Boolean),
    );
    const { app } = this.store;
    const isApp = this.store.isAppChannel(channel);
    this.topic.textContent = this.#topicOf(channel);
    this.tabs.replaceChildren(...(isApp ? this.#tabLinks() : []));
    this.tabs.hidden = !this.tabs.children.length;
    // Without a manifest nobody knows whether the app is an assistant; then it is asked at its own place only.
    this.assistant.hidden = !app.bot_user_id || !app.is_assistant || !(isApp || app.has_manifest);
    this.assistant.textContent = isApp ? "New chat" : `Ask ${app.name}`;
    const canvases = channel?.canvases ?? [];
    const drawn = JSON.stringify(canvases);
    // Kept while they stay the same: whoever is on one with the keyboard stays there.
    if (drawn !== this.drawnCanvases) this.canvases.replaceChildren(...canvases.map((one) => this.#canvasTab(one)));
    this.drawnCanvases = drawn;
  }

  #canvasTab({ id, title }) {
    return h(
      "button",
      { class: "button canvas-tab", type: "button", onclick: () => this.openCanvas(id) },
      icon("file", 16),
      h("span", {}, title),
    );
  }

  #topicOf(channel) {
    if (!channel) return "";
    if (channel.is_im) return this.store.isAppChannel(channel) ? "App" : "Direct message";
    return typeof channel.topic === "string" ? channel.topic : (channel.topic?.value ?? "");
  }

  #tabLinks() {
    const link = (name, tab, current) =>
      h("a", { href: channelAddress(this.channel, tab), "aria-current": current ? "page" : null }, name);
    const links = {
      home: () => link("Home", "home", this.atHome),
      messages: () => this.channel !== "app" && link("Messages", null, !this.atHome),
    };
    return this.store.appTabs.map((tab) => links[tab]()).filter(Boolean);
  }

  #showHome() {
    this.list = null;
    this.composer = null;
    this.prompts = null;
    this.body.replaceChildren(this.home.node);
    this.home.open();
  }

  #showMessages() {
    const room = this.makeRoom({ channel: this.channel });
    const name = this.store.channelLabel(this.channel);
    this.list = new MessageList(room, `Messages in ${name}`);
    this.composer = new Composer(room, `Message ${name}`);
    this.prompts = new Prompts(room, () => this.composer.focus());
    this.list.scroller.addEventListener(
      "keydown",
      (event) => event.key === "Escape" && this.composer.focus(),
    );
    this.composer.draft = this.drafts.get(this.channel) ?? "";
    const closed = this.#closed();
    this.body.replaceChildren(
      this.list.node,
      closed ? "" : this.prompts.node,
      closed ? h("p", { class: "archived quiet" }, closed) : this.composer.node,
    );
    this.composer.focus();
  }

  /** Why nobody writes here, or null. */
  #closed() {
    const place = this.store.channel(this.channel);
    if (place?.is_archived) return "This channel is archived. Nothing can be posted here.";
    const isReadOnly = this.store.isAppChannel(place) && this.store.app.messages_read_only;
    return isReadOnly ? "Sending messages to this app has been turned off." : null;
  }
}
