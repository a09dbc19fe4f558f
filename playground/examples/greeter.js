// A Bolt app: whoever says hello is greeted. Only `slackApiUrl` says where Slack is.
import bolt from "@slack/bolt";

export const app = new bolt.App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL ?? "https://slack.com/api/" },
});

app.message("hello", ({ event, say }) => say({ text: `Hi <@${event.user}>`, thread_ts: event.ts }));

await app.start();
