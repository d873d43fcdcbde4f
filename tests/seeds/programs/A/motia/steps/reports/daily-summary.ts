// motia/steps/reports/daily-summary.ts
import { cron } from '@motia/core';

export default cron({
  id: 'daily-summary-report',
  schedule: '0 9 * * *', // كل يوم في الساعة 9 صباحاً
}, async () => {
  console.log('📊 جاري إنشاء تقرير الملخص اليومي...');

  // محاكاة إنشاء التقرير
  const report = {
    date: new Date().toISOString().split('T')[0],
    totalUsers: Math.floor(Math.random() * 1000) + 100,
    activeUsers: Math.floor(Math.random() * 500) + 50,
    revenue: Math.floor(Math.random() * 10000) + 1000
  };

  // إرسال التقرير عبر البريد الإلكتروني
  await motia.trigger('send-report-email', {
    reportType: 'daily-summary',
    data: report,
    recipients: ['admin@example.com']
  });

  return report;
});
