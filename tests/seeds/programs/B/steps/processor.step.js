// processor.step.js
export default async function processor(event) {
  const { data } = event;
  
  // 백그라운드 작업 수행
  await processData(data);
  
  // 다른 이벤트 발행
  await event.emit('processing-complete', { 
    result: 'success',
    processedAt: new Date()
  });
}
