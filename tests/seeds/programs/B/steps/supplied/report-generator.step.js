// In the document's diagram only.
export default async function reportGenerator(event) {
  if (event.topic !== 'cleanup-completed') return;
  await sendSlackNotification({ channel: '#cleanup', message: JSON.stringify(event.data) });
}
