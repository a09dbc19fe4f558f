// An ordinary Bolt app in Socket Mode. Only `slackApiUrl` says that Slack is somewhere else.
import bolt from "@slack/bolt";

const app = new bolt.App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

const form = {
  type: "modal",
  callback_id: "order",
  title: { type: "plain_text", text: "Order" },
  submit: { type: "plain_text", text: "Send" },
  blocks: [
    {
      type: "input",
      block_id: "dish",
      label: { type: "plain_text", text: "Dish" },
      element: { type: "plain_text_input", action_id: "name" },
    },
    {
      type: "input",
      block_id: "table",
      label: { type: "plain_text", text: "Table" },
      element: { type: "external_select", action_id: "tables", min_query_length: 0 },
    },
  ],
};

app.command("/order", async ({ command, ack, client }) => {
  await ack();
  await client.views.open({ trigger_id: command.trigger_id, view: form });
});

app.options("tables", async ({ ack }) => {
  const option = { text: { type: "plain_text", text: "Window" }, value: "window" };
  await ack({ options: [option] });
});

app.view("order", async ({ ack, view, body, client }) => {
  const { dish, table } = view.state.values;
  if (dish.name.value === "nothing") {
    await ack({ response_action: "errors", errors: { dish: "The kitchen knows no such dish." } });
    return;
  }
  await ack();
  const text = `${dish.name.value} for ${table.tables.selected_option.value}`;
  await client.chat.postMessage({
    channel: process.env.CHANNEL,
    text,
    metadata: { event_type: "order", event_payload: { by: body.user.id } },
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      {
        type: "actions",
        elements: [
          { type: "button", action_id: "serve", text: { type: "plain_text", text: "Serve" } },
        ],
      },
    ],
  });
});

app.action("serve", async ({ ack, body, client, respond }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: "served" });
  await respond({ text: "Well done.", replace_original: false });
});

app.event("app_mention", async ({ event, say }) => {
  await say({ text: `Yes, <@${event.user}>?`, thread_ts: event.ts });
});

app.event("app_home_opened", async ({ event, client }) => {
  const view = { type: "home", blocks: [{ type: "divider" }] };
  await client.views.publish({ user_id: event.user, view });
});

app.message("echo", async ({ message, client }) => {
  const { messages } = await client.conversations.history({ channel: message.channel, limit: 1 });
  await client.reactions.add({ channel: message.channel, timestamp: messages[0].ts, name: "eyes" });
});

app.shortcut("count", async ({ ack, client }) => {
  await ack();
  let count = 0;
  for await (const page of client.paginate("users.list", { limit: 2 })) {
    count += page.members.length;
  }
  await client.chat.postMessage({ channel: process.env.CHANNEL, text: `${count} people` });
});

await app.start();
