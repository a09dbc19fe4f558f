// A Bolt app without Socket Mode, on a free port that it prints.
import bolt from "@slack/bolt";

const app = new bolt.App({
  token: process.env.SLACK_BOT_TOKEN,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

app.event("app_mention", ({ event, say }) => say({ text: "Yes?", thread_ts: event.ts }));
app.command("/menu", ({ ack }) => ack("Soup"));

const server = await app.start(0);
console.log(server.address().port);
