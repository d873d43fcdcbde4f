// urgent-notification.step.js
export default async function sendUrgentNotification(event) {
  if (event.topic !== 'high-priority') return;
  
  const { from, subject, reason } = event.data;
  
  // 즉시 알림 발송
  await sendPushNotification({
    title: '긴급 이메일 수신',
    body: `From: ${from}\nSubject: ${subject}`,
    priority: 'high'
  });
  
  // Slack 알림
  await sendSlackNotification({
    channel: '#urgent-emails',
    message: `🚨 긴급 이메일 수신\n발신자: ${from}\n제목: ${subject}\n사유: ${reason}`
  });
}
