// resilient-processor.step.js
export default async function resilientProcessor(event) {
  const maxRetries = 3;
  let attempt = 0;
  
  while (attempt < maxRetries) {
    try {
      const result = await processData(event.data);
      return result;
    } catch (error) {
      attempt++;
      
      if (attempt === maxRetries) {
        await event.emit('processing-failed', {
          data: event.data,
          error: error.message,
          attempts: attempt
        });
        throw error;
      }
      
      // 지수 백오프
      await sleep(Math.pow(2, attempt) * 1000);
    }
  }
}
