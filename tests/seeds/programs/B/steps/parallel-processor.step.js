// parallel-processor.step.js
export default async function parallelProcessor(event) {
  const { items } = event.data;
  const concurrency = 5;
  
  const results = [];
  
  for (let i = 0; i < items.length; i += concurrency) {
    const batch = items.slice(i, i + concurrency);
    const batchPromises = batch.map(item => processItem(item));
    
    const batchResults = await Promise.all(batchPromises);
    results.push(...batchResults);
    
    // 배치 완료 알림
    await event.stream('batch-complete', { 
      completed: i + batch.length,
      total: items.length 
    });
  }
  
  return { results };
}
