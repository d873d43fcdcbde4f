// memory-efficient.step.js
export default async function memoryEfficientProcessor(event) {
  // 대용량 데이터셋을 스트림으로 처리
  const stream = createReadStream(event.data.filePath);
  
  let processed = 0;
  
  for await (const chunk of stream) {
    await processChunk(chunk);
    processed++;
    
    // 진행 상황 스트리밍
    if (processed % 1000 === 0) {
      await event.stream('progress', { processed });
    }
  }
  
  return { totalProcessed: processed };
}
