// daily-report.step.js
export default {
  schedule: '0 9 * * *', // 매일 오전 9시
  handler: async function(event) {
    const report = await generateDailyReport();
    await event.emit('report-generated', report);
  }
};
