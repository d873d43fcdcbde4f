// daily-report.step.js
export default {
  schedule: '0 9 * * *', // 매일 오전 9시
  handler: async function(event) {
    const yesterday = new Date();
    yesterday.setDate(yesterday.getDate() - 1);
    
    const stats = await event.state.get('daily-stats') || {
      prsOpened: 0,
      reviewsCompleted: 0,
      prsMerged: 0
    };
    
    await event.emit('report-generated', {
      date: yesterday.toISOString(),
      stats
    });
    
    // 통계 초기화
    await event.state.set('daily-stats', {
      prsOpened: 0,
      reviewsCompleted: 0,
      prsMerged: 0
    });
  }
};
