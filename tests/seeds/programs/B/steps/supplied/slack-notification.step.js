// In the document's diagram only.
export default async function slackNotification(event) {
  if (event.topic !== 'report-generated') return;
  await sendSlackNotification({ channel: '#reports', message: JSON.stringify(event.data) });
}
