// daily-cleanup.step.js
export default {
  schedule: '0 23 * * *', // 매일 오후 11시
  handler: async function(event) {
    const today = new Date();
    const todayStr = today.toISOString().split('T')[0];
    
    // 오늘 처리된 이메일 통계
    const emailStats = await generateEmailStats(todayStr);
    
    // 스팸 메일 영구 삭제
    await permanentlyDeleteSpam(7); // 7일 이상 된 스팸 삭제
    
    await event.emit('cleanup-completed', {
      date: todayStr,
      stats: emailStats
    });
  }
};
