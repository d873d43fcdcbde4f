// In the document's diagram only.
export default async function mergeHandler(event) {
  if (event.topic !== 'review-completed') return;
  if (event.data.reviewScore >= 0.5) await event.emit('pr-merged', event.data);
}
