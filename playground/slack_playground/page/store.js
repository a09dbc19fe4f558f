import { followClock } from "./now.js";

const NOBODY = { id: "", name: "someone", real_name: "Someone", is_bot: false };
const APP = "app";
const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot", is_bot: true };

/** What this window knows of the workspace. Fires `change` when any of it changed. */
export class Store extends EventTarget {
  constructor(me) {
    super();
    this.meId = me;
    this.people = new Map();
    this.unread = new Map();
    this.online = false;
    this.here = null;
    this.take({ workspace: {}, users: [], channels: [], commands: [], shortcuts: [], app: {} });
  }

  take(state) {
    this.workspace = state.workspace;
    this.channels = state.channels;
    this.commands = state.commands;
    this.shortcuts = state.shortcuts;
    this.app = state.app ?? {};
    // Slack makes the app's direct message when somebody first opens it; until then this stands for it.
    if (this.app.bot_user_id && !this.appChannel)
      this.channels = [...this.channels, { id: APP, is_im: true, user: this.app.bot_user_id }];
    this.connections = state.connected ?? 0;
    this.assistants = state.assistants ?? [];
    this.statuses = new Map(
      (state.statuses ?? []).map((one) => [`${one.channel} ${one.thread_ts}`, one]),
    );
    this.groups = new Map((state.usergroups ?? []).map(({ id, handle }) => [id, handle]));
    this.connect = state.connect ?? {};
    this.faults = state.faults ?? 0;
    this.workspaces = state.workspaces ?? [];
    this.clock = state.clock ?? {};
    followClock(this.clock);
    this.meId = state.me?.id ?? state.me ?? this.meId;
    this.people = new Map([SLACKBOT, ...state.users].map((user) => [user.id, user]));
    this.#changed();
  }

  get me() {
    return this.person(this.meId);
  }

  /** The zone in which this person reads times. */
  get zone() {
    return this.me.tz || Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  person(id) {
    return (
      this.people.get(id) ?? { ...NOBODY, id, name: id || NOBODY.name, real_name: id || NOBODY.real_name }
    );
  }

  get humans() {
    return [...this.people.values()].filter((user) => !user.is_bot);
  }

  channel(id) {
    if (id === APP) return this.appChannel;
    return this.channels.find((channel) => channel.id === id) ?? null;
  }

  /** What a channel is called for this person: `general`, or the other one's name. */
  channelName(id) {
    const channel = this.channel(id);
    if (!channel) return id;
    return channel.is_im ? this.person(this.partner(channel)).real_name : channel.name;
  }

  /** The name with the sign before it, as people write it. */
  channelLabel(id) {
    return `${this.channel(id)?.is_im ? "" : "#"}${this.channelName(id)}`;
  }

  /** The other one of a direct message; one without another is the app's. */
  partner(channel) {
    return channel.user && channel.user !== this.meId ? channel.user : this.app.bot_user_id;
  }

  isAppChannel(channel) {
    return Boolean(channel?.is_im && this.app.bot_user_id && this.partner(channel) === this.app.bot_user_id);
  }

  /** Which of the app's tabs its manifest switches on; one that switches on none is told so at its Home. */
  get appTabs() {
    const tabs = ["home", "messages"].filter((tab) => this.app[`${tab}_tab`]);
    return tabs.length ? tabs : ["home"];
  }

  /** What the app suggests to ask, `{title, prompts}`, in a thread with it or in its direct message. */
  promptsIn(channel, ts = "") {
    const found = this.assistants.find((one) => one.channel === channel && one.thread_ts === ts);
    return { title: found?.prompts_title ?? "", prompts: found?.prompts ?? [] };
  }

  /** What the app says it is doing in a thread, `{text, loading_messages}`, or null. */
  statusIn(channel, ts) {
    return this.statuses.get(`${channel} ${ts}`) ?? null;
  }

  setStatus(status) {
    const key = `${status.channel} ${status.thread_ts}`;
    if (status.text) this.statuses.set(key, status);
    else this.statuses.delete(key);
    this.#changed();
  }

  /** The handle of a group of people; one nobody knows is called by its id. */
  groupHandle(id) {
    return this.groups.get(id) ?? id;
  }

  get appChannel() {
    return this.channels.find((channel) => this.isAppChannel(channel)) ?? null;
  }

  get firstChannel() {
    return this.channels.find((channel) => channel.is_member && !channel.is_archived) ?? null;
  }

  shortcutsOf(type) {
    return this.shortcuts.filter((shortcut) => shortcut.type === type);
  }

  markUnread(channel) {
    this.unread.set(channel, (this.unread.get(channel) ?? 0) + 1);
    this.#changed();
  }

  markRead(channel) {
    if (this.unread.delete(channel)) this.#changed();
  }

  /** Take the time as the playground tells it after a jump. */
  setClock(clock) {
    this.clock = clock;
    followClock(clock);
    this.#changed();
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
