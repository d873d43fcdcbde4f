// batch-processor.step.js
export default async function batchProcessor(event) {
  const batchSize = 100;
  const batchKey = 'pending-items';
  
  // 배치에 아이템 추가
  const currentBatch = await event.state.get(batchKey) || [];
  currentBatch.push(event.data);
  
  if (currentBatch.length >= batchSize) {
    // 배치 처리 실행
    await processBatch(currentBatch);
    
    // 배치 초기화
    await event.state.set(batchKey, []);
    
    await event.emit('batch-processed', {
      itemCount: currentBatch.length,
      processedAt: new Date()
    });
  } else {
    // 배치 업데이트
    await event.state.set(batchKey, currentBatch);
  }
}
