import { readAddress, settleAddress } from "./address.js";
import { Announcer } from "./announcer.js";
import { PageApi } from "./api.js";
import { CanvasPane } from "./canvas.js";
import { Conversation } from "./conversation.js";
import { h } from "./dom.js";
import { showOutsidePictures } from "./elements/picture.js";
import { knowEmoji } from "./emoji.js";
import { Feed } from "./feed.js";
import { Home } from "./home.js";
import { Inspect } from "./inspect.js";
import { authorOf } from "./message.js";
import { ModalStack } from "./modal.js";
import { nowSeconds } from "./now.js";
import { Pane } from "./pane.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { applyTheme } from "./theme.js";
import { Thread } from "./thread.js";
import { newStatus, spokenWords, unescaped } from "./wording.js";
import { Workshop } from "./workshop/workshop.js";

const LAST_USER = "playground-user";

/** One window of one person: builds the parts once and hands each event to the part it concerns. */
class Page {
  constructor(user) {
    this.api = new PageApi(user);
    this.store = new Store(user);
    this.announcer = new Announcer();
    const { api, store } = this;
    const makeRoom = (place) => this.#makeRoom(place);
    this.shell = h("div", { class: "shell" });
    this.pane = new Pane(this.shell);
    this.workshop = new Workshop({ api, store, holder: this.pane, announcer: this.announcer });
    this.sidebar = new Sidebar({ store, api, toggleWorkshop: (button) => this.workshop.toggle(button) });
    this.home = new Home({ api, store });
    this.modals = new ModalStack({ api, store });
    this.thread = new Thread({
      api,
      makeRoom,
      holder: this.pane,
      holding: (fetching) => this.#holding(fetching),
    });
    this.canvas = new CanvasPane({ api, store, holder: this.pane });
    this.inspect = new Inspect({ api, store, holder: this.pane });
    this.conversation = new Conversation({
      store,
      home: this.home,
      makeRoom,
      openSidebar: () => this.sidebar.open(),
      openCanvas: (id) => this.canvas.open(id),
      askAssistant: () => this.#askAssistant(),
    });
    this.shell.append(this.sidebar.node, this.conversation.node);
    document.body.replaceChildren(this.shell, this.modals.node, this.announcer.spoken, this.announcer.shown);
    this.waiting = [];
    this.holds = 0;
  }

  start() {
    window.addEventListener("hashchange", () => this.#navigate());
    this.store.addEventListener("change", () => {
      this.#retitle();
      this.conversation.list?.greeting.draw();
      this.conversation.prompts?.draw();
      this.thread.drawApp();
      this.canvas.load();
    });
    this.feed = new Feed(this.api.user, {
      opened: () => this.#catchUp(),
      lost: () => this.store.setOnline(false),
      received: (event) => this.#receive(event),
    });
  }

  /** Fetch all that is shown, at the start and whenever events may have been missed. */
  async #catchUp() {
    this.store.setOnline(true);
    await this.#holding(async () => {
      const state = await this.api.state();
      if (state.ok === false)
        return this.announcer.show("The playground does not answer.", state.message ?? "");
      showOutsidePictures(Boolean(state.app?.shows_outside_pictures));
      this.store.take(state);
      this.modals.restore(state.views ?? []);
      this.#navigate();
      this.conversation.drawHead();
      await Promise.all([this.#load(), this.thread.load()]);
    });
  }

  /** Keep events back while something is fetched, so that an older answer never overwrites them. */
  async #holding(fetching) {
    this.waiting ??= [];
    this.holds += 1;
    const fetched = await fetching();
    this.holds -= 1;
    if (this.holds > 0) return fetched;
    const late = this.waiting;
    this.waiting = null;
    for (const event of late) this.#receive(event);
    return fetched;
  }

  async #load() {
    const { channel, list } = this.conversation;
    // The stand-in for a direct message holds nothing that could be fetched.
    if (!list || channel === "app") return;
    const answer = await this.api.messages(channel);
    if (!answer.messages || list !== this.conversation.list) return;
    list.load(answer.messages);
    const { ts } = readAddress();
    if (ts) list.reveal(ts);
  }

  #navigate() {
    const wanted = readAddress();
    const { id: channel } = this.store.channel(wanted.channel) ?? this.store.firstChannel ?? {};
    if (!channel) return;
    // Opened already, by the stand-in for a direct message that was not there yet.
    const isOpened = this.conversation.channel === "app" && !this.conversation.atHome;
    const moved = this.conversation.show(channel, wanted.home);
    this.sidebar.show(channel);
    this.store.here = channel;
    this.store.markRead(channel);
    if (!moved) return wanted.ts && this.conversation.list?.reveal(wanted.ts);
    if (this.thread.ts && this.thread.channel !== channel) this.#leaveThread(channel);
    // The Home tells the app itself that it is opened.
    const isMessages = this.store.isAppChannel(this.store.channel(channel)) && !this.conversation.atHome;
    if (isMessages && !isOpened) this.api.openHome("messages");
    this.#retitle();
    // While catching up, the messages are fetched anyway.
    if (!this.holds) this.#holding(() => this.#load());
  }

  /** A thread stays with its channel; the assistant comes along and sees where. */
  #leaveThread(channel) {
    if (!this.thread.isBeside) return this.pane.hide();
    if (!this.store.channel(channel)?.is_im) this.api.lookAt(channel, this.thread.ts);
  }

  async #askAssistant() {
    const { channel } = this.conversation;
    const beside = this.store.channel(channel)?.is_im ? undefined : channel;
    const answer = await this.api.openAssistant(beside);
    if (!answer.thread_ts) return this.announcer.show("Slackbot", answer.message ?? answer.error);
    // With its first thread the direct message came to be.
    this.store.take(await this.api.state());
    await this.thread.open(answer.channel, answer.thread_ts, { isBeside: true });
  }

  #receive(event) {
    if (this.waiting) return void this.waiting.push(event);
    RECEIVED[event.type]?.(this, event);
  }

  /** A new message, or an ephemeral one: to the channel, to the thread, or to the unread marks. */
  arrived({ channel, message }) {
    const isReply =
      message.thread_ts && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
    const isOpen = channel === this.conversation.channel && !this.conversation.atHome;
    const inThread = this.thread.shows(channel, message);
    if (inThread) this.thread.list.put(message);
    if (isOpen && !isReply) this.conversation.list.put(message);
    const mine = message.user === this.store.meId;
    if (mine && isOpen && !isReply) this.conversation.list.toBottom();
    if (!mine && !isOpen && !inThread) this.store.markUnread(channel);
    if (!mine && (isOpen || inThread))
      this.announcer.say(`${authorOf(message, this.store).name}: ${spokenWords(message, this.store)}`);
  }

  changed({ channel, message }) {
    this.#sayNews(channel, message);
    if (channel === this.conversation.channel) this.conversation.list?.change(message);
    if (this.thread.shows(channel, message)) this.thread.list.change(message);
  }

  /** An edit that brings a new state is said aloud; one that moves a percentage is not. */
  #sayNews(channel, message) {
    const shown = [
      channel === this.conversation.channel && this.conversation.list,
      this.thread.shows(channel, message) && this.thread.list,
    ];
    const before = shown.map((list) => list && list.rows.get(message.ts)?.message).find(Boolean);
    const news = before && newStatus(before, message, this.store);
    if (news) this.announcer.say(`${authorOf(message, this.store).name}: ${news}`);
  }

  deleted({ channel, ts }) {
    if (channel === this.conversation.channel) this.conversation.list?.remove(ts);
    if (channel === this.thread.channel) this.thread.list?.remove(ts);
  }

  refresh() {
    this.#catchUp();
  }

  /** Slackbot's line to this person alone. */
  notice(text, channel, threadTs) {
    const message = {
      ts: nowSeconds().toFixed(6),
      user: "USLACKBOT",
      text,
      is_ephemeral: true,
      is_local: true,
    };
    if (threadTs && this.thread.ts === threadTs) this.thread.list.put(message);
    else if (this.conversation.list && (!channel || channel === this.conversation.channel))
      this.conversation.list.put(message);
    else this.announcer.show("Slackbot", unescaped(text));
    this.announcer.say(unescaped(text));
  }

  #retitle() {
    const unread = [...this.store.unread.values()].reduce((sum, count) => sum + count, 0);
    const { channel } = this.conversation;
    const place = channel ? this.store.channelLabel(channel) : "…";
    document.title = `${unread ? `(${unread}) ` : ""}${place} · ${this.store.workspace.name ?? "Playground"}`;
  }

  #makeRoom(place) {
    return {
      ...place,
      api: this.api,
      store: this.store,
      openThread: (ts) => this.thread.open(place.channel, ts),
      inspect: (message) => this.inspect.open(place.channel, message),
      announce: (words, detail) => this.announcer.show(words, detail),
      older: (before) => this.#holding(() => this.api.messages(place.channel, place.threadTs, before)),
      notice: (text) => this.notice(text, place.channel, place.threadTs),
      // What went wrong at the app comes as a notice by itself; a message says what never got there.
      report: async (answer) => {
        const { message } = await answer;
        if (message) this.notice(message, place.channel, place.threadTs);
      },
    };
  }
}

const RECEIVED = {
  message: (page, event) => page.arrived(event),
  ephemeral: (page, event) => page.arrived(event),
  message_changed: (page, event) => page.changed(event),
  ephemeral_changed: (page, event) => page.changed(event),
  message_deleted: (page, event) => page.deleted(event),
  ephemeral_deleted: (page, event) => page.deleted(event),
  view_opened: (page, { view }) => page.modals.open(view),
  view_pushed: (page, { view }) => page.modals.push(view),
  view_updated: (page, { view }) => page.modals.update(view),
  view_closed: (page, { view_id: viewId, all }) => page.modals.closed(viewId, all),
  home: (page, { view }) => page.home.update(view),
  notice: (page, { text, channel }) => page.notice(text, channel),
  state: (page) => page.refresh(),
  status: (page, event) => page.store.setStatus(event),
};

/** Who looks: the one in the address, else the one of last time, else the first workspace's owner. */
async function whoLooks() {
  const api = new PageApi("");
  const wanted = readAddress().user ?? localStorage.getItem(LAST_USER);
  const { me, users = [], workspaces = [] } = await api.state();
  const isThere = (people = []) => people.some(({ id }) => id === wanted);
  if (!wanted || isThere(users)) return wanted ?? me;
  const elsewhere = await Promise.all(workspaces.slice(1).map(({ id }) => api.state(id)));
  return elsewhere.some((state) => isThere(state.users)) ? wanted : me;
}

async function open() {
  applyTheme();
  const user = await whoLooks();
  const { emoji = {}, custom = {} } = await new PageApi(user).emoji();
  knowEmoji(emoji, custom);
  if (!user) {
    const words = "The playground does not answer. Reload to try again.";
    return void document.body.replaceChildren(h("p", { class: "empty" }, words));
  }
  localStorage.setItem(LAST_USER, user);
  const { canvas } = readAddress();
  settleAddress(user);
  const page = new Page(user);
  page.start();
  if (canvas) page.canvas.open(canvas);
}

await open();
