// cached-processor.step.js
export default async function cachedProcessor(event) {
  const cacheKey = `processed:${event.data.id}`;
  
  // 캐시에서 먼저 확인
  const cached = await event.state.get(cacheKey);
  if (cached) {
    return cached;
  }
  
  // 실제 처리
  const result = await expensiveOperation(event.data);
  
  // 캐시 저장 (TTL 설정)
  await event.state.set(cacheKey, result, { ttl: 3600 }); // 1시간
  
  return result;
}
