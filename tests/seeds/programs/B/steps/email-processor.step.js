// email-processor.step.js
export default async function processEmail(event) {
  const { messageId, from, subject, body } = event.body;
  
  // 이메일 메타데이터 저장
  await event.state.set(`email:${messageId}`, {
    from,
    subject,
    receivedAt: new Date(),
    processed: false
  });
  
  // 이메일 수신 이벤트 발행
  await event.emit('email-received', {
    messageId,
    from,
    subject,
    body
  });
  
  return { status: 'queued' };
}
