// motia/steps/optimized/batch-processor.ts
import { event } from '@motia/core';

export default event({
  id: 'batch-process-users',
  concurrency: 5 // تحديد التنفيذ المتزامن
}, async ({ userIds }) => {
  // معالجة المستخدمين في دفعات
  const BATCH_SIZE = 10;
  const results = [];

  for (let i = 0; i < userIds.length; i += BATCH_SIZE) {
    const batch = userIds.slice(i, i + BATCH_SIZE);
    
    // معالجة الدفعة بالتوازي
    const batchResults = await Promise.all(
      batch.map(userId => processUser(userId))
    );
    
    results.push(...batchResults);
  }

  return { processed: results.length, results };
});

// Supplied: the document calls processUser and never defines it.
import { processUser } from '../../../services/process-user';
