"""
The emoji that operations messages use, by Slack's short names.

Every other short name stays text: the playground is no emoji catalogue.
"""

import re

SHORT_NAME = r":(?P<emoji>[a-z0-9_+'\-]{1,60}):"

_TABLE = """
+1 👍 -1 👎 thumbsup 👍 thumbsdown 👎 clap 👏 wave 👋 pray 🙏 muscle 💪 ok_hand 👌 raised_hands 🙌
point_right 👉 point_left 👈 point_up ☝️ point_down 👇 raised_hand ✋ handshake 🤝 eyes 👀 brain 🧠
smile 😄 smiley 😃 grinning 😀 joy 😂 slightly_smiling_face 🙂 wink 😉 blush 😊 heart_eyes 😍
thinking_face 🤔 neutral_face 😐 confused 😕 cry 😢 sob 😭 scream 😱 rage 😡 sleeping 😴 sweat 😓
sunglasses 😎 nerd_face 🤓 partying_face 🥳 face_with_monocle 🧐 facepalm 🤦 shrug 🤷 skull 💀
robot_face 🤖 ghost 👻 alien 👽 tada 🎉 confetti_ball 🎊 sparkles ✨ star ⭐ star2 🌟
fire 🔥 boom 💥
zap ⚡ heart ❤️ broken_heart 💔 green_heart 💚 blue_heart 💙 yellow_heart 💛 purple_heart 💜 100 💯
trophy 🏆 medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉 crown 👑 gem 💎
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ heavy_multiplication_x ✖️
negative_squared_cross_mark ❎ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 sos 🆘
rotating_light 🚨 bangbang ‼️ exclamation ❗ question ❓ grey_question ❔ grey_exclamation ❕
information_source \u2139\ufe0f red_circle 🔴 large_blue_circle 🔵 large_green_circle 🟢
large_yellow_circle 🟡 large_orange_circle 🟠 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨 white_large_square ⬜
black_large_square ⬛ small_red_triangle 🔺 small_red_triangle_down 🔻
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️
arrows_counterclockwise 🔄 repeat 🔁 arrow_forward ▶️ arrow_backward ◀️ fast_forward ⏩ rewind ⏪
black_square_for_stop ⏹️ double_vertical_bar ⏸️ heavy_plus_sign \u2795
heavy_minus_sign \u2796
hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ clock1 🕐 watch ⌚ calendar 📆
date 📅 spiral_calendar_pad 🗓️ zzz 💤 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speech_balloon 💬
thought_balloon 💭 email 📧 envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 package 📦
memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 bookmark 🔖 book 📖 books 📚 page_facing_up 📄 newspaper 📰
file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ bar_chart 📊 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 pushpin 📌 paperclip 📎 link 🔗 lock 🔒 unlock 🔓 key 🔑 mag 🔍
mag_right 🔎 bulb 💡 wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰
construction 🚧 construction_worker 👷 bug 🐛 ant 🐜 snail 🐌 turtle 🐢 rabbit2 🐇 unicorn_face 🦄
computer 💻 desktop_computer 🖥️ floppy_disk 💾 cd 💿 battery 🔋 electric_plug 🔌 satellite 📡
iphone 📱 telephone_receiver 📞 microscope 🔬 telescope 🔭 test_tube 🧪 dna 🧬 shield 🛡️
rocket 🚀 airplane ✈️ car 🚗 truck 🚚 bus 🚌 ship 🚢 anchor ⚓ fuelpump ⛽ vertical_traffic_light 🚦
checkered_flag 🏁 triangular_flag_on_post 🚩 dart 🎯 game_die 🎲 jigsaw 🧩 moneybag 💰
money_with_wings 💸
dollar 💵 credit_card 💳 receipt 🧾 scales ⚖️ recycle ♻️ wastebasket 🗑️ broom 🧹 soap 🧼
sunny ☀️ cloud ☁️ rain_cloud 🌧️ snowflake ❄️ umbrella ☔ earth_americas 🌎 earth_africa 🌍 moon 🌙
coffee ☕ pizza 🍕 cake 🍰 beers 🍻 seedling 🌱 four_leaf_clover 🍀 cactus 🌵 gift 🎁 balloon 🎈
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟
"""

_WORDS = _TABLE.split()

EMOJI: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def with_emoji(text: str) -> str:
    """Put the emoji in the place of the short names that are known."""
    return re.sub(SHORT_NAME, lambda found: EMOJI.get(found["emoji"], found[0]), text)
