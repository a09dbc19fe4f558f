const NAMED = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", white_check_mark: "✅", heavy_check_mark: "✔️",
  ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎", warning: "⚠️", no_entry: "⛔",
  no_entry_sign: "🚫", octagonal_sign: "🛑", rotating_light: "🚨", exclamation: "❗", question: "❓",
  information_source: "ℹ️", bulb: "💡", bell: "🔔", no_bell: "🔕", mute: "🔇", eyes: "👀", tada: "🎉", rocket: "🚀",
  fire: "🔥", zap: "⚡", sparkles: "✨", star: "⭐", trophy: "🏆", medal: "🏅", first_place_medal: "🥇",
  second_place_medal: "🥈", third_place_medal: "🥉", crown: "👑", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", clipboard: "📋", memo: "📝",
  pencil: "📝", pencil2: "✏️", page_facing_up: "📄", file_folder: "📁", open_file_folder: "📂", package: "📦",
  inbox_tray: "📥", outbox_tray: "📤", mailbox: "📫", email: "✉️", envelope: "✉️", link: "🔗", lock: "🔒", unlock: "🔓",
  key: "🔑", mag: "🔍", gear: "⚙️", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", construction: "🚧",
  robot_face: "🤖", bug: "🐛", heart: "❤️", green_heart: "💚", broken_heart: "💔", clap: "👏", pray: "🙏", wave: "👋",
  raised_hands: "🙌", ok_hand: "👌", muscle: "💪", point_right: "👉", point_left: "👈", point_up: "☝️", smile: "😄",
  slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", thinking_face: "🤔", cry: "😢", sob: "😭", scream: "😱",
  sleeping: "😴", zzz: "💤", skull: "💀", ghost: "👻", poop: "💩", red_circle: "🔴", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", large_purple_circle: "🟣",
  white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_red_square: "🟥", arrow_up: "⬆️",
  arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️", arrow_forward: "▶️", double_vertical_bar: "⏸️",
  pause_button: "⏸️", black_square_for_stop: "⏹️", stop_button: "⏹️", repeat: "🔁", arrows_counterclockwise: "🔄",
  recycle: "♻️", rewind: "⏪", fast_forward: "⏩", heavy_plus_sign: "➕", heavy_minus_sign: "➖", 100: "💯",
  moneybag: "💰", dollar: "💵", car: "🚗", house: "🏠", office: "🏢", earth_africa: "🌍", sunny: "☀️", cloud: "☁️",
  snowflake: "❄️", coffee: "☕", beer: "🍺", pizza: "🍕", ship: "🚢", checkered_flag: "🏁", triangular_flag_on_post: "🚩",
};

/** Turn `:name:` into the character; names this page does not know stay readable as they are. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (code, name) => NAMED[name] ?? code);
}

/** A rich text emoji element: by its code points where Slack sends them, else by its name. */
export function emojiText({ name, unicode }) {
  if (unicode) return String.fromCodePoint(...unicode.split("-").map((point) => parseInt(point, 16)));
  return NAMED[name] ?? `:${name}:`;
}
