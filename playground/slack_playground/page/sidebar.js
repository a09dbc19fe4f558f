import { channelAddress, userAddress } from "./address.js";
import { drawAvatar } from "./avatar.js";
import { h } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { drawThemeToggle } from "./theme.js";
import { startOver } from "./workshop/keeping.js";

/** The left column: the workspace, whether the app is connected, channels, direct messages, and who you are. */
export class Sidebar {
  constructor({ store, api, toggleWorkshop }) {
    Object.assign(this, { store, api, current: null });
    this.head = h("div", { class: "workspace" });
    this.lists = h("div", { class: "sidebar-lists" });
    this.person = h("button", {
      class: "person",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: () => this.#switchUser(),
    });
    this.workshop = h(
      "button",
      {
        class: "icon-button workshop-button",
        type: "button",
        "aria-expanded": "false",
        onclick: () => {
          this.close();
          toggleWorkshop(this.workshop);
        },
      },
      icon("flask"),
    );
    this.node = h(
      "nav",
      {
        class: "sidebar",
        "aria-label": "Workspace",
        onclick: (event) => event.target.closest("a") && this.close(),
      },
      this.head,
      this.lists,
      h("div", { class: "sidebar-foot" }, this.person, this.workshop, drawThemeToggle()),
    );
    store.addEventListener("change", () => this.draw());
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave());
    document.addEventListener("pointerdown", (event) => !this.node.contains(event.target) && this.close());
  }

  /** On narrow windows the sidebar lies over the conversation. */
  open() {
    this.opener = document.activeElement;
    this.node.classList.add("is-open");
    this.node.querySelector("a")?.focus();
  }

  close() {
    this.node.classList.remove("is-open");
  }

  #leave() {
    if (!this.node.classList.contains("is-open")) return;
    this.close();
    this.opener?.focus();
  }

  show(channel) {
    this.current = channel;
    this.draw();
  }

  draw() {
    const focused = this.lists.contains(document.activeElement)
      ? document.activeElement.dataset.channel
      : null;
    this.#drawHead();
    const { channels } = this.store;
    const named = channels.filter((channel) => !channel.is_im && channel.is_member !== false);
    const direct = channels.filter((channel) => channel.is_im && !this.store.isAppChannel(channel));
    const apps = channels.filter((channel) => this.store.isAppChannel(channel));
    this.lists.replaceChildren(
      this.#list("Channels", named),
      this.#list("Direct messages", direct),
      this.#list("Apps", apps),
    );
    if (focused) this.lists.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
    this.#drawPerson();
    this.#drawWorkshop();
  }

  #drawHead() {
    const { workspace, app, connections, online } = this.store;
    const state = online ? (connections ? "online" : "waiting") : "offline";
    const words = {
      online: `${app.name ?? "App"} is connected`,
      waiting: `${app.name ?? "The app"} is not connected`,
      offline: "Reconnecting to the playground…",
    }[state];
    const sockets = connections === 1 ? "1 socket" : `${connections} sockets`;
    const name = workspace.name ?? "Playground";
    const seal = [name, state, words, sockets].join("/");
    // The head is told again of every change; drawn anew, it would close its menu and be read aloud.
    if (seal === this.seal) return;
    this.seal = seal;
    const parts = [
      this.#switchButton(name),
      h(
        "div",
        { class: `connection is-${state}`, role: "status", title: online ? sockets : null },
        h("span", { class: "dot" }),
        words,
      ),
    ];
    keepingFocus(this.head, () => this.head.replaceChildren(...parts));
  }

  #switchButton(name) {
    return h(
      "button",
      {
        class: "workspace-switch",
        type: "button",
        "aria-label": `${name}. Workspace menu`,
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "data-key": "workspace",
        onclick: (event) => this.#workspaceMenu(event.currentTarget),
      },
      h("span", {}, name),
      icon("chevron", 16),
    );
  }

  #workspaceMenu(button) {
    const { workspace, workspaces, app } = this.store;
    const others = workspaces.filter(({ id, owner }) => id !== workspace.id && owner);
    const items = others.map(({ name, owner, is_installed: isInstalled }) => ({
      label: `Go to ${name}`,
      description: `${app.name ?? "The app"} is ${isInstalled ? "" : "not "}installed there`,
      run: () => location.assign(userAddress(owner, "")),
    }));
    const reset = () => startOver(this.api, this.store);
    items.push({ label: "Start over", description: "Empty every channel", run: reset });
    openMenu(button, "Workspace", items);
  }

  #drawWorkshop() {
    const { faults, clock } = this.store;
    const notes = [
      faults > 0 && (faults === 1 ? "1 fault is ordered" : `${faults} faults are ordered`),
      clock.ahead_seconds >= 1 && "the clock is ahead",
    ].filter(Boolean);
    const words = ["Workshop", ...notes].join(", ");
    this.workshop.setAttribute("aria-label", words);
    this.workshop.title = words;
    this.workshop.classList.toggle("is-on", notes.length > 0);
  }

  #list(name, channels) {
    if (!channels.length) return "";
    return h(
      "section",
      { class: "sidebar-list" },
      h("h2", {}, name),
      h(
        "ul",
        {},
        channels.map((channel) => h("li", {}, this.#link(channel))),
      ),
    );
  }

  #link(channel) {
    const unread = this.store.unread.get(channel.id) ?? 0;
    const name = this.store.channelName(channel.id);
    const sign = channel.is_im
      ? drawAvatar(this.store.person(this.store.partner(channel)))
      : icon(channel.is_private ? "lock" : "hash", 16);
    return h(
      "a",
      {
        class: `channel-link${unread ? " is-unread" : ""}${channel.is_archived ? " is-archived" : ""}`,
        href: channelAddress(channel.id, channel.id === "app" ? "home" : null),
        "data-channel": channel.id,
        "aria-current": channel.id === this.current ? "page" : null,
      },
      sign,
      h("span", { class: "channel-link-name" }, name),
      unread > 0 && h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)),
    );
  }

  #drawPerson() {
    const { me } = this.store;
    this.person.replaceChildren(
      drawAvatar(me),
      h(
        "span",
        { class: "person-words" },
        h("span", { class: "person-name" }, me.real_name),
        h("span", { class: "quiet" }, "Switch user"),
      ),
    );
  }

  #switchUser() {
    const others = this.store.humans.filter((user) => user.id !== "USLACKBOT");
    const items = others.map((user) => ({
      label: user.id === this.store.meId ? `${user.real_name} (you)` : user.real_name,
      description: [`@${user.name}`, user.tz].filter(Boolean).join(" · "),
      // A whole new page: nothing of one person's window may linger in another's.
      run: () => user.id !== this.store.meId && location.assign(userAddress(user.id)),
    }));
    openMenu(this.person, "Switch user", items);
  }
}
