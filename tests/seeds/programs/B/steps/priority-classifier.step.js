// priority-classifier.step.js
export default async function classifyPriority(event) {
  if (event.topic !== 'email-received') return;
  
  const { messageId, from, subject, body } = event.data;
  
  // 우선순위 키워드 검사
  const urgentKeywords = ['urgent', 'asap', 'emergency', 'critical'];
  const isUrgent = urgentKeywords.some(keyword => 
    subject.toLowerCase().includes(keyword) || 
    body.toLowerCase().includes(keyword)
  );
  
  // VIP 발신자 체크
  const vipSenders = await event.state.get('vip-senders') || [];
  const isVIP = vipSenders.includes(from);
  
  if (isUrgent || isVIP) {
    await event.emit('high-priority', {
      messageId,
      from,
      subject,
      reason: isUrgent ? 'urgent-keywords' : 'vip-sender'
    });
  }
}
