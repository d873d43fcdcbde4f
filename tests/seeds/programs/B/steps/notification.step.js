// notification.step.js
export default async function sendNotification(event) {
  const notificationMap = {
    'pr-opened': 'PR이 열렸습니다',
    'review-completed': 'AI 리뷰가 완료되었습니다',
    'pr-merged': 'PR이 병합되었습니다'
  };
  
  const message = notificationMap[event.topic];
  if (!message) return;
  
  await sendSlackNotification({
    channel: '#dev-team',
    message: `${message}: ${event.data.repository} #${event.data.prNumber}`
  });
}
