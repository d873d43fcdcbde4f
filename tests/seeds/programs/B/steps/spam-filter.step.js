// spam-filter.step.js
export default async function filterSpam(event) {
  if (event.topic !== 'email-received') return;
  
  const { messageId, from, subject, body } = event.data;
  
  // AI 기반 스팸 검사
  const spamScore = await analyzeSpam(subject, body, from);
  
  if (spamScore > 0.8) {
    await event.emit('spam-detected', {
      messageId,
      from,
      spamScore
    });
    
    // Gmail에서 스팸 폴더로 이동
    await moveToSpam(messageId);
  }
}
