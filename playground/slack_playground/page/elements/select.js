import { plainText } from "../text.js";
import { Picker } from "./picker.js";

const DEFAULT_MIN_QUERY_LENGTH = 3;

/** What each kind of select picks from, and under which key Slack carries the choice. */
const KINDS = {
  static: {
    one: "selected_option",
    many: "selected_options",
    initial: "option",
    from: staticGroups,
    option: optionOf,
  },
  external: {
    one: "selected_option",
    many: "selected_options",
    initial: "option",
    from: externalGroups,
    option: optionOf,
  },
  users: { one: "selected_user", many: "selected_users", initial: "user", from: userGroups, option: userOf },
  conversations: {
    one: "selected_conversation",
    many: "selected_conversations",
    initial: "conversation",
    from: conversationGroups,
    option: channelOf,
  },
  channels: {
    one: "selected_channel",
    many: "selected_channels",
    initial: "channel",
    from: channelGroups,
    option: channelOf,
  },
};

/** All ten selects: static, external, users, conversations and channels, for one or several. */
export function drawSelect(site) {
  const { element } = site;
  const multiple = element.type.startsWith("multi_");
  const kind = KINDS[element.type.replace(/^multi_/, "").replace(/_select$/, "")];
  const key = multiple ? kind.many : kind.one;
  const initial = element[`initial_${kind.initial}${multiple ? "s" : ""}`] ?? (multiple ? [] : null);
  if (element.default_to_current_conversation) startHere(site, key, initial);
  const chosen = [site.current({ [key]: initial })[key]].flat().filter(Boolean);
  const choiceOf = (options) => ({
    [key]: multiple ? options.map((option) => option.choice) : (options[0]?.choice ?? null),
  });
  let latest = [];
  const picker = new Picker({
    hooks: site.hooks,
    names: site.labelled(site.placeholder ?? "Choose"),
    placeholder: site.placeholder,
    multiple,
    most: element.max_selected_items,
    clearable: site.input && !site.input.required,
    selected: chosen.map((choice) => kind.option(choice, site)),
    load: (query) => kind.from(site, query),
    chosen: (options) => {
      latest = options;
      return multiple ? site.enter(choiceOf(options)) : site.choose(choiceOf(options));
    },
    closed: () => site.choose(choiceOf(latest)),
  });
  return picker.node;
}

/** Choose the conversation in view, once: whoever takes it out again means it. */
function startHere(site, key, initial) {
  const { element, store, surface } = site;
  const entered = surface.values.get(site.blockId, site.actionId)?.[key];
  const here = store.channel(store.here);
  if (surface.recall(site.key, "here") || [entered ?? initial].flat().some(Boolean)) return;
  surface.remember(site.key, "here", true);
  if (here && conversationsFor(element)(here)) site.enter({ [key]: Array.isArray(initial) ? [here.id] : here.id });
}

async function staticGroups(site, query) {
  return { groups: matching(groupsOf(site.element), query) };
}

async function externalGroups(site, query) {
  const least = site.element.min_query_length ?? DEFAULT_MIN_QUERY_LENGTH;
  if (query.length < least) return { hint: `Type at least ${least} character${least === 1 ? "" : "s"}` };
  const answer = await site.surface.suggest(site, query);
  if (answer.error) return { hint: `The app gave no options: ${answer.error}` };
  return { groups: groupsOf(answer) };
}

async function userGroups(site, query) {
  const people = [...site.store.people.values()].filter((user) => user.id !== "USLACKBOT");
  return { groups: matching([{ label: null, options: people.map((user) => userOf(user.id, site)) }], query) };
}

async function channelGroups(site, query) {
  return {
    groups: matching([channelGroup(site, (channel) => !channel.is_im && !channel.is_private)], query),
  };
}

async function conversationGroups(site, query) {
  return { groups: matching([channelGroup(site, conversationsFor(site.element))], query) };
}

/** Whether a conversation is of a kind that the element's filter includes. */
function conversationsFor({ filter }) {
  const include = filter?.include ?? ["public", "private", "im", "mpim"];
  const kindOf = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
  return (channel) => include.includes(kindOf(channel));
}

function channelGroup(site, wanted) {
  const channels = site.store.channels.filter((channel) => wanted(channel) && !channel.is_archived);
  return { label: null, options: channels.map((channel) => channelOf(channel.id, site)) };
}

function groupsOf({ option_groups: groups, options }) {
  if (groups)
    return groups.map((group) => ({
      label: plainText(group.label),
      options: group.options.map((option) => optionOf(option)),
    }));
  return [{ label: null, options: (options ?? []).map((option) => optionOf(option)) }];
}

function matching(groups, query) {
  const words = query.toLowerCase();
  return groups.map((group) => ({
    ...group,
    options: group.options.filter((option) => option.label.toLowerCase().includes(words)),
  }));
}

function optionOf(option) {
  return {
    key: option.value,
    label: plainText(option.text),
    description: plainText(option.description),
    choice: option,
  };
}

function userOf(id, site) {
  const user = site.store.person(id);
  return { key: id, label: user.real_name, description: `@${user.name}`, choice: id };
}

function channelOf(id, site) {
  return { key: id, label: site.store.channelLabel(id), choice: id };
}
