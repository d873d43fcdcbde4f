// motia/steps/maintenance/cleanup-logs.ts
import { cron } from '@motia/core';

export default cron({
  id: 'cleanup-old-logs',
  schedule: '0 2 * * 0', // كل يوم أحد في الساعة 2 صباحاً
}, async () => {
  console.log('🧹 بدء عملية تنظيف السجلات...');

  // محاكاة عملية تنظيف
  const deleted = Math.floor(Math.random() * 100) + 10;
  
  console.log(`✅ تم الانتهاء من التنظيف: تم حذف ${deleted} إدخال سجل قديم`);
  
  return {
    deletedEntries: deleted,
    cleanupDate: new Date().toISOString()
  };
});
